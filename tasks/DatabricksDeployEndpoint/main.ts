import { startTask } from '../../src/agent/start-task';
import { readInputs } from './inputs';
import { run } from './run';
import task from './task.json';

void startTask(task, readInputs, run);
