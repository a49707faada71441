import { startTask } from '../../src/agent/start-task';
import { readInputs } from './inputs';
import task from './task.json';

void startTask(task, readInputs, () => import('./run'));
