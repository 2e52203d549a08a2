import { afterAll } from 'vitest';
import { endSharedLab } from './shared-lab.ts';

// Of each file: it is loaded before every one of them.
afterAll(endSharedLab);
