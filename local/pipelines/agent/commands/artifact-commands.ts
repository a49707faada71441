import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';
import { type Commands, requiredProperty } from './command';

/** Source: azure-pipelines-agent, Agent.Worker/Build/ArtifactCommandExtension.cs. */
export const ARTIFACT_COMMANDS: Commands = {
  upload: { run: upload },
  associate: { run: associate },
};

/** The copy is made beside the step, which waits for it at its end. */
function upload(step: StepRun, command: LoggingCommand): void {
  const name = requiredProperty(command, 'artifactname');
  if (command.data === '') {
    throw new Error('##vso[artifact.upload] needs the path of a file or folder.');
  }
  const path = resolve(step.workingDirectory, command.data);
  if (!existsSync(path)) {
    throw new Error(`The artifact '${name}' cannot be published: '${command.data}' does not exist.`);
  }
  if (statSync(path).isDirectory() && !hasFiles(path)) {
    step.warning(`The folder '${path}' is empty: nothing is added to the artifact '${name}'.`);
    return;
  }
  const { request, events } = step.job;
  step.begin(
    events.publishArtifact(request.record, 'container', name, path).then(({ id }) => {
      step.print(`Artifact '${name}' (id ${id}) is published.`);
    }),
  );
}

/** An artifact that lies elsewhere: a run of this machine has no use for it, so it is only checked and said. */
function associate(step: StepRun, command: LoggingCommand): void {
  const name = requiredProperty(command, 'artifactname');
  const type = command.properties.get('artifacttype') ?? inferredType(command.data);
  if (type === undefined) {
    throw new Error(`The type of the artifact '${name}' is not given and cannot be told from '${command.data}'.`);
  }
  if (['container', 'filepath', 'versioncontrol'].includes(type.toLowerCase()) && command.data === '') {
    throw new Error(`The artifact '${name}' needs a location.`);
  }
  step.print(`Artifact '${name}' of type ${type} lies at ${command.data}; runs on this machine do not keep it.`);
}

function inferredType(location: string): string | undefined {
  if (location.startsWith('\\\\')) {
    return 'filepath';
  }
  return /^\$[/\\]/.test(location) ? 'versioncontrol' : location.startsWith('#') ? 'container' : undefined;
}

function hasFiles(folder: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile());
}
