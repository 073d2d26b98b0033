import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const command = z.union([text, z.array(z.union([text, z.null()]).transform((word) => word ?? ''))]);

const userSchema = z.looseObject({
  name: z.string(),
  groups: z.union([z.string(), z.array(z.string())]).optional(),
  ssh_authorized_keys: z.array(z.string()).optional(),
  homedir: z.string().optional(),
  shell: z.string().optional(),
  gecos: z.string().optional(),
});

const fileSchema = z.looseObject({
  path: z.string(),
  content: z.union([text, z.null()]).optional(),
  encoding: z.string().optional(),
  permissions: text.optional(),
  owner: z.string().optional(),
  append: z.boolean().optional(),
  defer: z.boolean().optional(),
});

const schema = z.looseObject({
  bootcmd: z.array(command).optional(),
  runcmd: z.array(command).optional(),
  write_files: z.array(fileSchema).optional(),
  packages: z.array(z.union([text, z.array(text)])).optional(),
  package_update: z.boolean().optional(),
  groups: z
    .union([z.string(), z.array(z.union([z.string(), z.record(z.string(), z.unknown())]))])
    .optional(),
  user: z.union([z.string(), z.looseObject({ name: z.string().optional() })]).optional(),
  users: z.array(z.union([z.string(), userSchema])).optional(),
  ssh_authorized_keys: z.array(z.string()).optional(),
  hostname: z.string().optional(),
  fqdn: z.string().optional(),
  timezone: z.string().optional(),
  final_message: z.string().optional(),
  power_state: z.looseObject({ mode: z.string() }).optional(),
});

/** A cloud-config, as far as the stand-in acts on it. */
export type CloudConfig = z.output<typeof schema>;
export type CloudCommand = z.output<typeof command>;
export type CloudUser = z.output<typeof userSchema>;

/** A file of `write_files`. */
export type CloudFile = {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly owner: string;
  readonly append: boolean;
  readonly deferred: boolean;
};

/** What it does not act on, but cloud-init does. */
const otherKeys =
  'allow_public_ssh_keys ansible apk_repos apt apt_pipelining apt_reboot_if_required apt_update apt_upgrade autoinstall byobu_by_default ca_certs ca-certs chef chpasswd cloud_config_modules cloud_final_modules cloud_init_modules create_hostname_file datasource device_aliases disable_ec2_metadata disable_root disable_root_opts disk_setup drivers fan fs_setup growpart grub-dpkg grub_dpkg install_hotplug keyboard landscape locale locale_configfile lxd manage_etc_hosts manage_resolv_conf mcollective merge_how merge_type migrate mount_default_fields mounts network no_ssh_fingerprints ntp output package_reboot_if_required package_upgrade password phone_home prefer_fqdn_over_hostname preserve_hostname puppet random_seed reporting resize_rootfs resolv_conf rh_subscription rpi rsyslog runcmd salt_minion snap spacewalk ssh ssh_deletekeys ssh_fp_console_blacklist ssh_genkeytypes ssh_import_id ssh_key_console_blacklist ssh_keys ssh_publish_hostkeys ssh_pwauth ssh_quiet_keygen swap system_info ubuntu_advantage ubuntu_pro updates vendor_data version wireguard yum_repo_dir yum_repos zypper'.split(
    ' ',
  );

/** Reads a cloud-config; what does not fit becomes a warning in cloud-init's words. */
export const readCloudConfig = (
  value: Readonly<Record<string, unknown>>,
): { readonly config: CloudConfig; readonly warnings: readonly string[] } => {
  const known = new Set([...Object.keys(schema.shape), ...otherKeys]);
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  const warnings = unknown.map(
    (key) =>
      `cloud-config failed schema validation! Additional properties are not allowed ('${key}' was unexpected)`,
  );
  const parsed = schema.safeParse(value);
  if (parsed.success) return { config: parsed.data, warnings };
  const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  for (const { path, message } of parsed.error.issues) {
    warnings.push(`cloud-config failed schema validation! ${path.join('.')}: ${message}`);
  }
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)));
  return { config: schema.parse(rest), warnings };
};

/** The files of a cloud-config, decoded. */
export const filesOf = (config: CloudConfig): CloudFile[] =>
  (config.write_files ?? []).map((file) => ({
    path: file.path,
    content: decode(file.content ?? '', file.encoding ?? 'text/plain'),
    mode: Number.parseInt(file.permissions ?? '0644', 8),
    owner: file.owner ?? 'root:root',
    append: file.append ?? false,
    deferred: file.defer ?? false,
  }));

/** https://docs.cloud-init.io/en/latest/reference/modules.html#write-files */
const decode = (content: string, encoding: string): Buffer => {
  switch (encoding) {
    case 'gz':
    case 'gzip':
      return gunzipSync(Buffer.from(content, 'latin1'));
    case 'gz+base64':
    case 'gzip+base64':
    case 'gz+b64':
    case 'gzip+b64':
      return gunzipSync(Buffer.from(content, 'base64'));
    case 'b64':
    case 'base64':
      return Buffer.from(content, 'base64');
    default:
      return Buffer.from(content, 'utf8');
  }
};

/** Commands as the script that cloud-init makes of them (`shellify`). */
export const scriptOf = (commands: readonly CloudCommand[]): string =>
  `#!/bin/sh\n${commands
    .map((words) =>
      typeof words === 'string'
        ? words
        : words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '),
    )
    .map((line) => `${line}\n`)
    .join('')}`;
