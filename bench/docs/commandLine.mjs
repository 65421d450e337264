// The text of docs/command-line.md, from the program's own definitions.

/** @param statuses number and meaning of each exit status */
export function commandLineText(program, statuses) {
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  return `# The command line

${sentence(program.description())} \`npm run docs\` writes this file from the program's own definitions; \`--help\`, which each command takes, says the same.

${table(
  ['command', 'what it does'],
  commands.map((command) => [`[\`${pathOf(command)}\`](#${anchorOf(command)})`, command.description()]),
)}

## Exit status

${table(['status', 'says'], statuses)}

${commands.map(sectionOf).join('\n')}`;
}

/** The names of a command and of its parents, as in `corpus merge`. */
const pathOf = (command) => (command.parent.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name());
const anchorOf = (command) => pathOf(command).replaceAll(' ', '-');

function sectionOf(command) {
  const path = pathOf(command);
  const options = command.createHelp().visibleOptions(command);
  const [notes, examples] = afterOf(command);
  return [
    `## ${path}`,
    sentence(command.description()),
    `\`\`\`\ngfnring ${path} ${command.usage()}\n\`\`\``,
    tableOf(
      'argument',
      command
        .createHelp()
        .visibleArguments(command)
        .map((argument) => [bracketed(argument), ...meaningOf(argument)]),
    ),
    tableOf(
      'option',
      options.filter(({ long }) => long !== '--help').map((option) => [option.flags, ...meaningOf(option)]),
    ),
    ...notes,
    `\`\`\`sh\n${examples}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

function tableOf(what, rows) {
  if (rows.length === 0) return '';
  const preset = rows.some(([, , value]) => value) ? ['default'] : [];
  return table(
    [what, '', ...preset],
    rows.map(([first, meaning, value]) => [`\`${first}\``, linked(meaning), ...preset.map(() => value)]),
  );
}

const linked = (text) => text.replace(/\bdocs\/([\w-]+\.md)/g, '[docs/$1]($1)');

const bracketed = (argument) => {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
};

/** The meaning of an option or an argument, and its default value. */
function meaningOf({ description, argChoices, mandatory, defaultValue, defaultValueDescription }) {
  const choices = argChoices ? `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const plain = typeof defaultValue === 'boolean' || String(defaultValue ?? '') === '' ? '' : [defaultValue].flat();
  const shown = defaultValueDescription ?? (plain === '' ? '' : `\`${plain.join(' ')}\``);
  return [description + choices, mandatory ? 'must be given' : shown];
}

/** The text of the help after the options: notes and examples. */
function afterOf(command) {
  let text = '';
  command.configureOutput({ writeOut: (more) => (text += more) });
  command.outputHelp();
  const [notes, examples] = text.slice(command.helpInformation().length).split('Examples:\n');
  return [
    notes
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map(linked),
    examples.trimEnd().replace(/^ {2}/gm, ''),
  ];
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

const row = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
