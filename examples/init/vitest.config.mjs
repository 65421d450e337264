import { watchScenarios } from 'gfnring/vitest/plugin';
import { defineConfig } from 'vitest/config';

// In watch mode, tests run again when a scenario changes that they explore.
export default defineConfig({ plugins: [watchScenarios()] });
