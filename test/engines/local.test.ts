import { createLocalEngine } from '../../src/engines/local.ts';
import { describeEngine } from '../contracts/engine.ts';

describeEngine('local', createLocalEngine);
