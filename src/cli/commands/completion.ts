import { Argument, type Command } from 'commander';
import { formatBashScript } from '../completion/bash.ts';
import { type CommandNode, collectCommands } from '../completion/commandTree.ts';
import { formatFishScript } from '../completion/fish.ts';
import { formatZshScript } from '../completion/zsh.ts';
import { defineCommand } from '../defineCommand.ts';
import { packageVersion } from '../version.ts';

const scripts: Readonly<Record<string, (commands: readonly CommandNode[], header: string) => string>> = {
  bash: formatBashScript,
  zsh: formatZshScript,
  fish: formatFishScript,
};

export const completionCommand = (): Command =>
  defineCommand({
    name: 'completion',
    description: 'print a script with which a shell completes commands, options and names',
    args: [new Argument('<shell>', 'the shell').choices(Object.keys(scripts))],
    note: `The shell must know the command as gfnring. If you run it with npx, define a function:
gfnring() { npx gfnring "$@"; }
To try it: source <(gfnring completion bash). Print the script again after an update.`,
    examples: {
      'completion bash > ~/.local/share/bash-completion/completions/gfnring': 'the folder of bash-completion',
      'completion zsh > ~/.zfunc/_gfnring': "with 'fpath+=~/.zfunc' before compinit in .zshrc",
      'completion fish > ~/.config/fish/completions/gfnring.fish': 'the folder of fish',
    },
    action: (shell: string, _options: object, command: Command) => {
      const header = `# Completion of gfnring ${packageVersion}, printed by 'gfnring completion ${shell}'.`;
      process.stdout.write(scripts[shell](collectCommands(command.parent!), header));
    },
  });
