import { setting } from '../setting.ts';

/** The embedded PostgreSQL cannot be had, made or started. */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed';
  readonly remedy: string;
  constructor(
    message: string,
    remedy = `see its log; or set ${setting('DATABASE_URL')} to a PostgreSQL of your own`,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.remedy = remedy;
  }
}
