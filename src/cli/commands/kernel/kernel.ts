import { Command } from 'commander';
import { conformanceCommand } from './conformance.ts';

export const kernelCommand = (): Command =>
  new Command('kernel').description('hold a real kernel against the models').addCommand(conformanceCommand());
