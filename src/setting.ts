import type { SettingName } from './settings.ts';

/** A setting's name for a message: renamed in `settings.ts`, the compiler finds every place that says it. */
export const setting = (name: SettingName): SettingName => name;
