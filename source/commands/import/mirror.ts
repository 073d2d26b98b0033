import { mirrorPlace } from './file-places.ts';
import type { LeftOut } from './left-out.ts';
import type { OldFile } from './old-file.ts';
import type { NamedKey, Upload } from './uploads.ts';

/** What becomes of a folder that mirrors the nodes' root. */
export type Mirror = {
  readonly uploads: readonly Upload[];
  readonly named: Readonly<Partial<Record<NamedKey, OldFile>>>;
  readonly leftOut: readonly LeftOut[];
  /** Whether files are left that a script has to put in their places. */
  readonly needsPlacing: boolean;
};

type Place = (match: RegExpExecArray) => string;

/** By the path below the folder; the first pattern counts. */
const places: readonly (readonly [RegExp, Place])[] = [
  [/^etc\/systemd\/system\/(.+)$/, ([, name]) => `services/${name}`],
  [/^opt\/uploaded_files\/((?:scripts|config)\/.+)$/, ([, name]) => `${name}`],
  [/^opt\/uploaded_files\/(.+)$/, ([, name]) => `files/${name}`],
  [/^etc\/bacalhau\/(bacalhau-config-template\.yaml)$/, ([, name]) => `config/${name}`],
  [/^etc\/bacalhau\/(orchestrator_(?:endpoint|token)(?:\..*)?)$/, ([, name]) => `files/${name}`],
];

const retired: readonly (readonly [RegExp, Omit<LeftOut, 'what'>])[] = [
  [
    /^setup\.sh$/,
    {
      reason:
        'put files in their places, installed Docker and uv, made Bacalhau’s configuration and started services: that is done on every node',
      instead: 'what else it does belongs into a script of your own: startup_script',
    },
  ],
  [
    /^usr\/local\/bin\/deploy_[\w-]+\.py$/,
    {
      reason: 'moved the upload into place',
      instead: 'configure-services does that on every node, without a reboot',
    },
  ],
  [/(?:^|\/)README(?:\.md)?$/, { reason: 'nothing on a node reads it' }],
];

/** Finds a place for each file of the later layout, where units and uploads have one by now. */
export const placeMirror = (mirrored: ReadonlyMap<string, OldFile>): Mirror => {
  const uploads: Upload[] = [];
  const leftOut: LeftOut[] = [];
  for (const [name, file] of mirrored) {
    const [, reason] = retired.find(([pattern]) => pattern.test(name)) ?? [];
    if (reason === undefined) uploads.push({ file, to: placeOf(name) });
    else leftOut.push({ what: [file.path], ...reason });
  }
  const template = mirrored.get('etc/bacalhau/bacalhau-config-template.yaml');
  return {
    uploads,
    named: template === undefined ? {} : { bacalhau_config_template: template },
    leftOut,
    needsPlacing: uploads.some(({ to }) => to.startsWith(`${mirrorPlace}/`)),
  };
};

const placeOf = (name: string): string => {
  for (const [pattern, place] of places) {
    const match = pattern.exec(name);
    if (match !== null) return place(match);
  }
  return `${mirrorPlace}/${name}`;
};

/** Puts uploaded files where the old system had them; runs as root before the units start. */
export const placingScript = `#!/bin/sh
# Puts what is uploaded as instance-files where it lay on the nodes of the old system. Written by
# \`spot-tui init --from\`; yours to change.
set -eu
root=\${SPOT_TUI_ROOT:-}
cd "$root/opt/uploaded_files/instance-files"
find . -type f | while IFS= read -r file; do
  target=$root/\${file#./}
  mkdir -p "\${target%/*}"
  case $file in
    # Below /opt files and folders belong to the login user, as the uploaded ones do.
    ./opt/*)
      cp -p "$file" "$target"
      [ -n "$root" ] || chown --reference="$file" "\${target%/*}" ;;
    *) cp --preserve=mode "$file" "$target" ;;
  esac
done
`;

/** Lets a unit wait until the script has run. */
export const placingDropIn = `[Unit]
Requires=startup-script.service
After=startup-script.service
`;
