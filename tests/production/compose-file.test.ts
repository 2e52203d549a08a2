import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { pools } from '../../src/flows/pools.ts';
import { settings } from '../../src/settings.ts';
import { poolDeclarations } from '../../workers/pools.ts';
import { composeModel, composeText, type ComposeModel, type Service } from '../support/compose-file.ts';
import { finished } from '../support/buildah.ts';
import { goObstacle, goTool, goTools } from '../support/go-tools.ts';
import { houseRoot } from '../support/house-files.ts';
import { interpolated, VariableMissing } from '../support/interpolated.ts';

/** Settings that mean something to `up` alone, whose servers no container has. */
const ofUpAlone = ['BIND_HOST', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'EMBEDDED_POSTGRES_PORT'];
/** Settings that the file decides in another way. */
const decided = ['DATABASE_URL', 'BARWRIGHT_HOME'];

const passwords = {
  POSTGRES_SUPERUSER_PASSWORD: 'one',
  POSTGRES_PASSWORD: 'two',
  TEMPORAL_POSTGRES_PASSWORD: 'three',
};
const obstacle = goObstacle();

let written: ComposeModel;
let model: ComposeModel;
let services: readonly (readonly [string, Service])[];

const ours = (service: Service) => service.image.startsWith('barwright:');
const once = (service: Service) => service.restart === 'no';

describe.skipIf(obstacle !== null)(
  `the compose file${obstacle === null ? '' : `, which is not read, as ${obstacle}`}`,
  () => {
    beforeAll(async () => {
      written = await composeModel();
      model = await composeModel(passwords);
      services = Object.entries(model.services);
    });

    test('waits only for services that there are, and for what they do come to', () => {
      for (const [name, { depends_on }] of services) {
        for (const [other, { condition }] of Object.entries(depends_on)) {
          const awaited = model.services[other];
          if (awaited === undefined) throw new Error(`${name} waits for ${other}, which there is not`);
          expect(awaited.profiles.every((profile) => model.services[name]?.profiles.includes(profile))).toBe(
            true,
          );
          expect([name, other, condition]).toEqual([
            name,
            other,
            once(awaited) ? 'service_completed_successfully' : 'service_healthy',
          ]);
          if (!once(awaited)) expect(awaited.healthcheck).toBeDefined();
        }
      }
    });

    test('every volume, file and secret is there', () => {
      for (const [, { volumes, secrets }] of services) {
        for (const { type, source } of volumes) {
          if (type === 'volume') expect(Object.keys(model.volumes)).toContain(source);
          else expect(existsSync(path.join(houseRoot, source)), source).toBe(true);
        }
        for (const { source } of secrets) expect(Object.keys(model.secrets)).toContain(source);
      }
      expect(services.flatMap(([, { volumes }]) => volumes.map(({ target }) => target))).not.toContain(
        '/var/lib/postgresql/data',
      );
    });

    test('every image has one version, which its variable may change', () => {
      for (const [name, { image }] of services) {
        expect([name, image]).toEqual([name, expect.stringMatching(/^[a-z0-9./-]+:v?\d+(\.\d+)+$/)]);
        expect(written.services[name]?.image).toMatch(/^[a-z0-9./-]+:\$\{[A-Z_]+_VERSION:-v?[\d.]+\}$/);
      }
      expect(services.filter(([, service]) => ours(service)).map(([, { image }]) => image)).toContain(
        `barwright:${packageJson.version}`,
      );
      expect(composeText).not.toMatch(/^version:|auto-setup|latest/m);
    });

    test('nothing is published beyond the loopback', () => {
      const published = services.flatMap(([, { ports }]) => ports);
      expect(published.length).toBeGreaterThan(0);
      for (const port of published) expect(port).toEqual(expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/));
      expect(composeText).not.toMatch(/network_mode|privileged: true|expose:/);
    });

    test('every container has a first process, no rights, and logs that end', () => {
      for (const [name, service] of services) {
        expect([name, service.init, service.cap_drop, service.security_opt]).toEqual([
          name,
          true,
          ['ALL'],
          ['no-new-privileges:true'],
        ]);
        expect(service.logging.options).toMatchObject({ 'max-size': '10m', 'max-file': '5' });
        expect(['no', 'unless-stopped']).toContain(service.restart);
        if (ours(service)) expect([name, service.read_only, service.cap_add]).toEqual([name, true, []]);
        if (!once(service) && !name.startsWith('schedules'))
          expect([name, service.healthcheck?.test[0]]).toEqual([name, 'CMD']);
      }
    });

    test('every setting that ours are given is one, and every one is given', () => {
      const known: readonly string[] = settings.map(({ name }) => name);
      const secret = settings.flatMap((setting) => ('secret' in setting ? setting.name : []));
      const allocator = Object.keys(packageJson.dashboardProcess.env);
      const offered = [...known, ...allocator, ...secret.map((name) => `${name}_FILE`)];
      for (const [name, service] of services.filter(([, each]) => ours(each)))
        expect([name, Object.keys(service.environment).filter((given) => !offered.includes(given))]).toEqual([
          name,
          [],
        ]);
      const given = Object.keys(model.services['data-ingestion']?.environment ?? {});
      const wanted = [...known, ...secret.map((name) => `${name}_FILE`)].filter(
        (name) => ![...ofUpAlone, ...decided].includes(name.replace(/_FILE$/, '')),
      );
      const ofPages = (name: string) => name.startsWith('DASHBOARD_');
      expect(wanted.filter((name) => !ofPages(name) && !given.includes(name))).toEqual([]);
      // A worker has no use for what opens the pages.
      expect(given.filter(ofPages)).toEqual([]);
      const pages = Object.keys(model.services.dashboard?.environment ?? {});
      expect(wanted.filter((name) => !pages.includes(name))).toEqual([]);
    });

    test("Temporal's server knows every word of its dynamic configuration", async () => {
      const file = path.join(houseRoot, 'deploy/temporal/dynamic-config.yml');
      const said = await finished(await goTool(goTools.temporalServer), ['validate-dynamic-config', file]);
      expect(said.trim()).toBe(file);
    });

    test('profiles are those that the runbook names', () => {
      const profiles = new Set(services.flatMap(([, service]) => service.profiles));
      expect([...profiles].sort()).toEqual(['dashboard', 'metrics', 'simulated', 'tools']);
    });

    test('every pool has a service with its limits, which drains and is looked after', () => {
      for (const pool of pools) {
        const { cpus, memoryGiB } = poolDeclarations[pool].limits;
        expect(model.services[pool]).toMatchObject({
          command: ['worker', '--pool', pool],
          stop_grace_period: '45s',
          restart: 'unless-stopped',
          deploy: { replicas: '1', resources: { limits: { cpus: String(cpus), memory: `${memoryGiB}G` } } },
          healthcheck: { test: ['CMD', 'node', '/app/src/cli/main.ts', 'worker', '--pool', pool, '--check'] },
        });
      }
    });

    test('a secret that lacks stops compose with its name', () => {
      for (const name of Object.keys(passwords)) {
        const others = Object.fromEntries(Object.entries(passwords).filter(([other]) => other !== name));
        const check = (given: Readonly<Record<string, string>>) =>
          written['x-required'].map((text) => interpolated(text, given));
        expect(() => check(others)).toThrow(VariableMissing);
        expect(() => check(others)).toThrow(`set ${name} or ${name}_FILE in .env`);
        expect(check({ ...others, [`${name}_FILE`]: './file' })).toContain('./file');
      }
    });

    test('a secret is handed over as the file that holds it, and never as both', async () => {
      const filed = await composeModel({
        POSTGRES_SUPERUSER_PASSWORD: 'one',
        POSTGRES_PASSWORD_FILE: './password',
        TEMPORAL_POSTGRES_PASSWORD: 'three',
      });
      expect(filed.services.migrate?.environment).toMatchObject({
        POSTGRES_PASSWORD: '',
        POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-password',
        POLYGON_API_KEY_FILE: '',
      });
      expect(filed.secrets['postgres-password']?.file).toBe('./password');
      expect(model.secrets['postgres-password']?.file).toBe('/dev/null');
    });
  },
);
