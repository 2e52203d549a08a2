import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTemporal } from '../../src/runtime/temporal-server.ts';
import { startPostgres, stopPostgres } from '../../src/runtime/embedded-postgres.ts';
import type { ProcessRef } from '../../src/runtime/processes.ts';
import { workflowBundleFile } from '../../workers/workflow-bundle.ts';
import type { CommandResult } from './command-line.ts';
import { composeModel, type ComposeModel } from './compose-file.ts';
import { processHere, type Here } from './compose-process.ts';
import { portsHere } from './compose-ports.ts';
import { goTool, goTools } from './go-tools.ts';
import { keptProcess, type KeptProcess } from './kept-process.ts';
import { startedProcess } from './started-process.ts';

type Variables = Readonly<Record<string, string>>;

/** The services of docker-compose.yml as plain processes, with the environment and commands that stand there. */
export interface ComposeStack {
  readonly model: ComposeModel;
  /** Starts what a service is, after all that it waits for, unless that is there. */
  up(...services: readonly string[]): Promise<void>;
  /** Runs a service that ends by itself, other words or variables of .env in place of its own. */
  run(
    service: string,
    how?: { readonly words?: readonly string[]; readonly with?: Variables },
  ): Promise<CommandResult>;
  /** Tells a service to end as the engine does, and starts it again once it has. Returns its exit code. */
  restart(service: string, how?: { readonly with?: Variables }): Promise<number | null>;
  /** The health check of a service, once. */
  check(service: string): Promise<CommandResult>;
  /** Ends one service. */
  stop(service: string): Promise<number | null>;
  said(service: string): string;
  /** What PostgreSQL has written of itself. */
  databaseLog(): string;
  /** The address of PostgreSQL, for its superuser. */
  databaseUrl(name: string): string;
  down(): Promise<void>;
}

/** A stack of its own ports and volumes, as these variables of .env have it; nothing runs yet. */
export async function composeStack(variables: Variables): Promise<ComposeStack> {
  const home = mkdtempSync(path.join(tmpdir(), 'barwright-compose-'));
  const here: Here = { home, ports: await portsHere(), path: await programs(home) };
  await workflowBundleFile(path.join(home, 'home'));
  const model = await composeModel(variables);
  const running = new Map<string, KeptProcess>();
  const done = new Set<string>();
  let postgres: { readonly process: ProcessRef; urlOf(name: string): string } | null = null;

  const serviceOf = async (name: string, changes: Variables = {}) => {
    const { services, secrets } =
      Object.keys(changes).length === 0 ? model : await composeModel({ ...variables, ...changes });
    const service = services[name];
    if (service === undefined) throw new Error(`there is no service ${name}`);
    return { service, secrets };
  };
  const begin = async (name: string, changes: Variables = {}) => {
    const { service, secrets } = await serviceOf(name, changes);
    if (name !== 'postgres') return void running.set(name, keptProcess(processHere(here, service, secrets)));
    const { POSTGRES_PASSWORD: password = '' } = service.environment;
    postgres = await startPostgres({
      home: path.join(home, 'postgres'),
      port: here.ports.postgres,
      // As in the image it is that of the first start, whatever is said later.
      ...(done.has('postgres') ? {} : { password }),
      report: () => undefined,
    });
    done.add('postgres');
  };
  const stop = async (name: string) => {
    if (name === 'postgres') {
      if (postgres !== null) await stopPostgres(postgres.process);
      postgres = null;
      return 0;
    }
    const code = (await running.get(name)?.end()) ?? null;
    running.delete(name);
    return code;
  };
  const run: ComposeStack['run'] = async (name, { words, with: changes } = {}) => {
    const { service, secrets } = await serviceOf(name, changes);
    const command = words === undefined ? service : { ...service, command: [...words] };
    return startedProcess(processHere(here, command, secrets)).ended;
  };
  const check = async (name: string) => {
    const { service, secrets } = await serviceOf(name);
    const [, ...words] = service.healthcheck?.test ?? [];
    return startedProcess(processHere(here, { ...service, entrypoint: words, command: [] }, secrets)).ended;
  };
  const ensure = async (name: string): Promise<void> => {
    if (running.has(name) || (name === 'postgres' ? postgres !== null : done.has(name))) return;
    const { service } = await serviceOf(name);
    for (const other of Object.keys(service.depends_on)) await ensure(other);
    if (service.restart !== 'no') return begin(name).then(() => untilWell(name));
    const { code, stdout, stderr } = await run(name);
    if (code !== 0) {
      const others = Object.keys(service.depends_on).map((other) => running.get(other)?.said() ?? '');
      throw new Error([`${name} ended with ${code}: ${stdout}${stderr}`, ...others].join('\n'));
    }
    done.add(name);
  };
  const untilWell = async (name: string) => {
    if (name === 'postgres') return;
    for (let tries = 300; ; tries -= 1) {
      const { code, stderr } = await check(name);
      if (code === 0) return;
      if (tries === 0) throw new Error(`${name} is not well: ${stderr}${running.get(name)?.said() ?? ''}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  return {
    model,
    async up(...services) {
      for (const name of services) await ensure(name);
    },
    run,
    check,
    stop,
    async restart(name, { with: changes } = {}) {
      const code = await stop(name);
      await begin(name, changes);
      await untilWell(name);
      return code;
    },
    said: (name) => running.get(name)?.said() ?? '',
    databaseLog: () => readFileSync(path.join(home, 'postgres', 'postgres.log'), 'utf8'),
    databaseUrl: (name) => postgres?.urlOf(name) ?? '',
    async down() {
      for (const name of [...running.keys()].reverse()) await stop(name);
      await stop('postgres');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What of it the health checks use: not every machine has it. */
const netcat = `#!/bin/sh
exec node -e 'require("net").connect(process.argv[2], process.argv[1]).on("connect", () => process.exit(0)).on("error", () => process.exit(1))' "$2" "$3"
`;

/** A folder with the programs of the images, by their names there. */
async function programs(home: string): Promise<string> {
  const folder = path.join(home, 'bin');
  mkdirSync(folder);
  const places = {
    temporal: findTemporal(),
    'temporal-sql-tool': await goTool(goTools.temporalSqlTool),
    'temporal-server': await goTool(goTools.temporalServer),
  };
  for (const [name, place] of Object.entries(places)) symlinkSync(place, path.join(folder, name));
  writeFileSync(path.join(folder, 'nc'), netcat, { mode: 0o755 });
  return folder;
}
