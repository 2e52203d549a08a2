import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { buildah, buildahEnvironment, storage } from './buildah.ts';
import { ended, type CommandResult } from './command-line.ts';
import { houseRoot } from './house-files.ts';
import { ensureBase } from './image-base.ts';

type Variables = Readonly<Record<string, string>>;

const configSchema = z.object({
  OCIv1: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      WorkingDir: z.string(),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
});

/** The image as it is built, in a container that keeps what it has written from one command to the next. */
export interface BuiltImage {
  readonly config: z.infer<typeof configSchema>['OCIv1']['config'];
  /** The root of its file system, to look at. */
  readonly root: string;
  /** Starts what the entry point makes of these arguments. */
  start(variables: Variables, ...args: readonly string[]): ChildProcess;
  run(variables: Variables, ...args: readonly string[]): Promise<CommandResult>;
  /** Runs a line of shell as the user of the image. */
  shell(line: string): Promise<CommandResult>;
  remove(): Promise<void>;
}

/** Why no image can be built here; null: it can. */
export function imageObstacle(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'this is not root of a Linux machine';
  const missing = ['buildah', 'debootstrap', 'npm'].filter(
    (program) => spawnSync(program, ['--version']).error !== undefined,
  );
  return missing.length === 0 ? null : `${missing.join(' and ')} cannot be found`;
}

/** Builds the image of the Dockerfile, pulling nothing, and makes a container of it. */
export async function builtImage(name: string, args: Variables): Promise<BuiltImage> {
  await ensureBase();
  const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  await buildah('build', '--pull-never', '--no-cache', ...given, '--tag', name, houseRoot);
  const { OCIv1 } = configSchema.parse(JSON.parse(await buildah('inspect', '--type', 'image', name)));
  const container = (await buildah('from', '--pull-never', name)).trim();
  const root = (await buildah('mount', container)).trim();
  const begin = (variables: Variables, command: readonly string[]) => {
    const env = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    return spawn('buildah', [...storage, 'run', ...env, container, '--', ...command], {
      env: buildahEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  const start = (variables: Variables, ...command: readonly string[]) =>
    begin(variables, [...OCIv1.config.Entrypoint, ...command]);
  return {
    config: OCIv1.config,
    root,
    start,
    run: (variables, ...command) => ended(start(variables, ...command)),
    shell: (line) => ended(begin({}, ['sh', '-c', line])),
    async remove() {
      await buildah('umount', container);
      await buildah('rm', container);
      await buildah('rmi', '--force', name);
    },
  };
}
