import { spawn } from 'node:child_process';
import type { CommandResult } from './command-line.ts';
import type { ProcessHere } from './compose-process.ts';

export interface StartedProcess {
  readonly ended: Promise<CommandResult>;
  /** All that it has written so far. */
  said(): string;
  /** Tells it to end, and waits; returns its exit code. */
  end(): Promise<number | null>;
}

export function startedProcess({ words: [program = '', ...args], env }: ProcessHere): StartedProcess {
  const child = spawn(program, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, ...said });
    });
  });
  return {
    ended,
    said: () => said.stdout + said.stderr,
    async end() {
      child.kill('SIGTERM');
      return (await ended).code;
    },
  };
}
