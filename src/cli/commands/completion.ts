import { Argument, Command } from 'commander';
import { bashScript } from '../completion/bash.ts';
import { type CommandPath, commandTree } from '../completion/commandTree.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';
import { examples } from '../examples.ts';
import { packageVersion } from '../version.ts';

const scripts: Readonly<Record<string, (places: readonly CommandPath[], head: string) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export const completionCommand = (): Command =>
  new Command('completion')
    .description('print a script that completes commands, options and names in a shell')
    .addArgument(new Argument('<shell>', 'which').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      '\nThe shell has to know the command as gfnring. Where it is run by npx: gfnring() { npx gfnring "$@"; } To try it: source <(gfnring completion bash). Print it again after an update.',
    )
    .addHelpText(
      'after',
      examples({
        'completion bash > ~/.local/share/bash-completion/completions/gfnring': 'where bash-completion looks',
        'completion zsh > ~/.zfunc/_gfnring': "with 'fpath+=~/.zfunc' before compinit in .zshrc",
        'completion fish > ~/.config/fish/completions/gfnring.fish': 'where fish looks',
      }),
    )
    .action((shell: string, _: object, command: Command) => {
      const head = `# Completion of gfnring ${packageVersion}, printed by 'gfnring completion ${shell}'.`;
      process.stdout.write(scripts[shell](commandTree(command.parent!), head));
    });
