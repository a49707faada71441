/** An input of a task as a schema needs it. */
export interface TaskInput {
  /** The values that are accepted; free text without. */
  readonly values?: readonly string[];
  readonly aliases?: readonly string[];
  /** A step cannot do without it: it has no default, and no rule hides it. */
  readonly required?: boolean;
}

export type TaskInputs = Readonly<Record<string, TaskInput>>;

const TEXT: TaskInput = {};
const NEEDED: TaskInput = { required: true };
const BOOLEAN: TaskInput = { values: ['true', 'false'] };
const PREFERENCE: TaskInput = { values: ['default', 'stop', 'continue', 'silentlyContinue'] };

const SCRIPT: TaskInputs = { workingDirectory: TEXT, failOnStderr: BOOLEAN };
const FILE_OR_INLINE: TaskInputs = {
  targetType: { values: ['filePath', 'inline'] },
  filePath: TEXT,
  arguments: TEXT,
  script: TEXT,
};

/**
 * Inputs of the tasks of Azure Pipelines that a run on a laptop knows, by name and major version.
 * Source: task.json of each task in azure-pipelines-tasks, and its reference page. Inputs that a page marks as required only for some choice of another are not required here.
 */
export const BUILT_IN_TASKS: Readonly<Record<string, TaskInputs>> = {
  'CmdLine@2': { script: NEEDED, ...SCRIPT },
  'Bash@3': { ...FILE_OR_INLINE, ...SCRIPT, bashEnvValue: TEXT },
  'PowerShell@2': {
    ...FILE_OR_INLINE,
    ...SCRIPT,
    errorActionPreference: PREFERENCE,
    warningPreference: PREFERENCE,
    informationPreference: PREFERENCE,
    verbosePreference: PREFERENCE,
    debugPreference: PREFERENCE,
    progressPreference: PREFERENCE,
    showWarnings: BOOLEAN,
    ignoreLASTEXITCODE: BOOLEAN,
    pwsh: BOOLEAN,
    runScriptInSeparateScope: BOOLEAN,
  },
  'PublishTestResults@2': {
    testResultsFormat: { values: ['JUnit', 'NUnit', 'VSTest', 'XUnit', 'CTest'], aliases: ['testRunner'] },
    testResultsFiles: TEXT,
    searchFolder: TEXT,
    mergeTestResults: BOOLEAN,
    failTaskOnFailedTests: BOOLEAN,
    failTaskOnFailureToPublishResults: BOOLEAN,
    failTaskOnMissingResultsFile: BOOLEAN,
    testRunTitle: TEXT,
    buildPlatform: { aliases: ['platform'] },
    buildConfiguration: { aliases: ['configuration'] },
    publishRunAttachments: BOOLEAN,
  },
  'PublishCodeCoverageResults@2': {
    summaryFileLocation: NEEDED,
    pathToSources: TEXT,
    failIfCoverageEmpty: BOOLEAN,
  },
  'PublishPipelineArtifact@1': {
    targetPath: { aliases: ['path'] },
    artifact: { aliases: ['artifactName'] },
    publishLocation: { values: ['pipeline', 'filepath'], aliases: ['artifactType'] },
    fileSharePath: TEXT,
    parallel: BOOLEAN,
    parallelCount: TEXT,
    properties: TEXT,
  },
  'DownloadPipelineArtifact@2': {
    buildType: { values: ['current', 'specific'], aliases: ['source'] },
    project: TEXT,
    definition: { aliases: ['pipeline'] },
    specificBuildWithTriggering: { ...BOOLEAN, aliases: ['preferTriggeringPipeline'] },
    buildVersionToDownload: { values: ['latest', 'latestFromBranch', 'specific'], aliases: ['runVersion'] },
    branchName: { aliases: ['runBranch'] },
    pipelineId: { aliases: ['runId', 'buildId'] },
    tags: TEXT,
    allowPartiallySucceededBuilds: BOOLEAN,
    allowFailedBuilds: BOOLEAN,
    artifactName: { aliases: ['artifact'] },
    itemPattern: { aliases: ['patterns'] },
    targetPath: { aliases: ['path', 'downloadPath'] },
    // [U] The task.json that was read is older and does not have it.
    retryDownloadCount: TEXT,
  },
  'PublishBuildArtifacts@1': {
    PathtoPublish: { aliases: ['pathToPublish'] },
    ArtifactName: { aliases: ['artifactName'] },
    ArtifactType: { values: ['Container', 'FilePath'], aliases: ['publishLocation'] },
    // [U] No page or task.json that was read names it.
    MaxArtifactSize: TEXT,
    TargetPath: TEXT,
    Parallel: BOOLEAN,
    ParallelCount: TEXT,
    FileCopyOptions: TEXT,
    StoreAsTar: BOOLEAN,
  },
  'DownloadBuildArtifacts@1': {
    buildType: { values: ['current', 'specific'] },
    project: TEXT,
    definition: { aliases: ['pipeline'] },
    specificBuildWithTriggering: BOOLEAN,
    buildVersionToDownload: { values: ['latest', 'latestFromBranch', 'specific'] },
    allowPartiallySucceededBuilds: BOOLEAN,
    branchName: TEXT,
    buildId: TEXT,
    tags: TEXT,
    downloadType: { values: ['single', 'specific'] },
    artifactName: TEXT,
    itemPattern: TEXT,
    downloadPath: TEXT,
    cleanDestinationFolder: BOOLEAN,
    parallelizationLimit: TEXT,
    checkDownloadedFiles: BOOLEAN,
    retryDownloadCount: TEXT,
    extractTars: BOOLEAN,
  },
  'UsePythonVersion@0': {
    versionSpec: TEXT,
    disableDownloadFromRegistry: BOOLEAN,
    allowUnstable: BOOLEAN,
    githubToken: TEXT,
    addToPath: BOOLEAN,
    // [U] The page names x86 and x64 only.
    architecture: { values: ['x86', 'x64', 'arm64'] },
  },
  'CopyFiles@2': {
    SourceFolder: TEXT,
    Contents: TEXT,
    TargetFolder: NEEDED,
    CleanTargetFolder: BOOLEAN,
    OverWrite: BOOLEAN,
    flattenFolders: BOOLEAN,
    preserveTimestamp: BOOLEAN,
    retryCount: TEXT,
    delayBetweenRetries: TEXT,
    ignoreMakeDirErrors: BOOLEAN,
  },
  'Delay@1': { delayForMinutes: TEXT },
  'ManualValidation@1': {
    notifyUsers: NEEDED,
    approvers: TEXT,
    allowApproversToApproveTheirOwnRuns: BOOLEAN,
    instructions: TEXT,
    onTimeout: { values: ['reject', 'resume'] },
  },
};
