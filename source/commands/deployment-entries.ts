/** What a deployment's folder is made of, in the order in which it is read. */
export const entryMeanings: ReadonlyMap<string, string> = new Map([
  ['config.yaml', 'what to launch and where, explained in it'],
  ['config.schema.json', 'lets your editor complete and check config.yaml'],
  ['cloud-init.yaml', 'what cloud-init does at the first boot, beside its own part'],
  ['scripts', 'land in /opt/uploaded_files/scripts'],
  ['services', 'systemd units; started if they have an [Install] section'],
  ['config', 'lands in /opt/uploaded_files/config'],
  ['compose', 'Compose files; each becomes a service'],
  ['files', 'land in /opt/uploaded_files'],
  ['.gitignore', 'keeps secrets out of your repository'],
]);
