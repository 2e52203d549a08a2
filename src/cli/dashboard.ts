import type { Command } from 'commander';

export function addDashboardCommand(program: Command): void {
  program
    .command('dashboard')
    .description('serve the pages that tell what is there, what ran and what is missing, until Ctrl-C')
    .action(async () => {
      // No other command needs what serves pages.
      const { serveDashboard } = await import('./serve-dashboard.ts');
      process.exitCode = await serveDashboard();
    });
}
