import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A file by its path: its text, or that with permissions of its own. */
export type OldFiles = Readonly<Record<string, string | { text: string; mode: number }>>;

const composeFile = (service: string, container: string, image: string) => `services:
  ${service}:
    image: ${image}
    container_name: ${container}
    restart: unless-stopped
`;

const unit = (description: string, requires: string, compose: string) => `[Unit]
Description=${description}
After=network-online.target ${requires}
Requires=${requires}
Wants=network-online.target

[Service]
Type=simple
User=ubuntu
WorkingDirectory=/opt/uploaded_files/scripts
Restart=always
RestartSec=2
StandardOutput=append:/opt/startup.log
StandardError=append:/opt/startup.log
ExecStartPre=/bin/bash -c 'until docker version >/dev/null 2>&1; do sleep 1; done'
ExecStart=/usr/bin/docker compose --ansi never -f ${compose} up
ExecStop=/usr/bin/docker compose --ansi never -f ${compose} down

[Install]
WantedBy=multi-user.target default.target
`;

const scripts = '/opt/uploaded_files/scripts';

/** What somebody has who used the old system: its folders, and files of its kind in them. */
export const oldCheckout: OldFiles = {
  'config.yaml': `# Our fleet for the sensors

aws:
  # How many we need at least
  total_instances: 2
  username: ubuntu

  # ---- KEYS ----

  public_ssh_key_path: keys/fleet.pub # made in May
  private_ssh_key_path: keys/fleet

  # ---- FILES ----

  # Everything in here is uploaded
  files_directory: "files"
  scripts_directory: "instance/scripts"
  cloud_init_template: "instance/cloud-init/init-vm-template.yml"
  startup_script: "instance/scripts/startup.sh"
  bacalhau_config_template: "instance/config/config-template.yaml"
  docker_compose_template: "instance/scripts/docker-compose.yaml"

  # ---- NETWORK ----

  # One group for all
  security_group_name: sensors-sg
  instance_storage_gb: 30
  tags:
    Project: sensors

regions:
  # The first one is the cheapest
  - us-west-2:
      machine_type: t3.medium
      image: auto
`,
  'instance/scripts/bacalhau.service': unit(
    'Bacalhau node',
    'docker.service',
    `${scripts}/docker-compose-bacalhau.yaml`,
  ),
  'instance/scripts/sensor-generator.service': unit(
    'Sensor',
    'docker.service setup-config.service bacalhau.service',
    `${scripts}/docker-compose-sensor.yaml`,
  ),
  'instance/scripts/docker-compose-bacalhau.yaml': composeFile(
    'bacalhau-node',
    'bacalhau-node',
    'ghcr.io/bacalhau-project/bacalhau:latest-dind',
  ),
  'instance/scripts/docker-compose-sensor.yaml': composeFile(
    'sensor-generator',
    'sensor-log-generator',
    'ghcr.io/bacalhau-project/sensor-log-generator:latest',
  ),
  // The old system made it executable on the node.
  'instance/scripts/startup.sh': {
    text: '#!/bin/bash\nset -e\n/opt/uploaded_files/scripts/identity.sh\necho done >>/opt/startup.log\n',
    mode: 0o644,
  },
  'instance/scripts/identity.sh': {
    text: [
      '#!/bin/bash',
      'instance=$(curl -s --max-time 2 http://169.254.169.254/latest/meta-data/instance-id || true)',
      'echo "{\\"seed\\": \\"${#instance}\\"}" >/opt/sensor/config/node_identity.json',
      '',
    ].join('\n'),
    mode: 0o644,
  },
  'instance/scripts/deploy_services.py': '#!/usr/bin/env python3\nprint("moves files")\n',
  'instance/scripts/collect-debug-logs.sh': '#!/bin/bash\nsystemctl status bacalhau\n',
  'instance/config/bacalhau-config-template.yaml': [
    'DataDir: /bacalhau_data',
    'Compute:',
    '  Orchestrators:',
    '    - "{{ORCHESTRATOR_ENDPOINT}}"',
    '  Auth:',
    '    Token: "{{ORCHESTRATOR_TOKEN}}"',
    '',
  ].join('\n'),
  'instance/config/sensor-config.yaml': 'simulation:\n  readings_per_second: 2\n',
  'instance/cloud-init/init-vm-template.yml': `#cloud-config
write_files:
  - path: /tmp/packed-scripts.tar.gz
    encoding: base64
    content: \${compressed_scripts}
users:
  - name: \${username}
    sudo: ALL=(ALL) NOPASSWD:ALL
    groups: docker
    ssh_authorized_keys:
      - \${public_ssh_key}
runcmd:
  - mkdir -p /tmp/exs
  - mv /tmp/exs/install-docker.sh /root/install-docker.sh
  - /root/install-docker.sh
  - echo "\${public_ssh_key}" > /home/\${username}/.ssh/authorized_keys
  - echo "\${bacalhau_config_file}" | base64 -d > /\${bacalhau_node_dir}/config.yaml
  - chmod 0400 \${bacalhau_node_dir}/config.yaml
  # The sensors need it
  - echo "for the sensors" > /opt/from-the-template
  - systemctl enable bacalhau.service
  - test -f /tmp/exs/additional_commands.sh && sh /tmp/exs/additional_commands.sh
power_state:
  mode: reboot
  condition: True
`,
  'files/orchestrator_endpoint': 'nats://orchestrator.example.com:4222\n',
  'files/orchestrator_token': 'an-old-token\n',
  'files/orchestrator_token.example': 'EXAMPLE\n',
  'files/credentials.json': '{"api_key": "an-old-key"}\n',
  'files/deployment_data.csv': 'service,port\nsensor,8080\n',
  'files/scripts/additional_commands.sh': '#!/bin/bash\necho an older copy\n',
  'additional_commands.sh': {
    text: [
      '#!/bin/bash',
      '# Runs after deploy_services.py',
      'set -e',
      'test "$(cat /opt/uploaded_files/orchestrator_token)" = an-old-token',
      'sudo cp /opt/uploaded_files/config/sensor-config.yaml /opt/sensor/config/',
      'sudo systemctl start sensor-generator.service',
      '',
    ].join('\n'),
    mode: 0o755,
  },
  'keys/fleet.pub': 'ssh-ed25519 AAAA not a key\n',
  'deploy_spot.py': 'print("deploys")\n',
  'spot_deployer/main.py': 'print("deploys")\n',
  'spot-dev.sh': '#!/bin/bash\n',
  'debug_runner.sh': '#!/bin/bash\nssh -o StrictHostKeyChecking=no "$1"\n',
  'debug_test_services.sh': '#!/bin/bash\n',
  'fix_docker.sh': '#!/bin/bash\n',
  'delete_vpcs.py': 'print("deletes")\n',
  'instances.json': '[]\n',
  'README.md': 'How to deploy\n',
};

/** The layout that came after it: one folder that mirrors the root of the nodes. */
export const mirroringCheckout: OldFiles = {
  'config.yaml': `aws:
  total_instances: 1
  username: ubuntu
  files_directory: instance-files
  scripts_directory: instance-files/usr/local/bin
  startup_script: instance-files/usr/local/bin/deploy_services.py
  instance_storage_gb: 20
regions:
- us-west-2:
    machine_type: t3.medium
`,
  'files/README.md': 'Nothing of this folder was ever uploaded\n',
  'instance-files/setup.sh': '#!/bin/bash\nsudo cp -r opt/* /opt/\n',
  'instance-files/etc/systemd/system/bacalhau.service': unit(
    'Bacalhau node',
    'docker.service',
    '/opt/compose/docker-compose-bacalhau.yaml',
  ),
  'instance-files/opt/compose/docker-compose-bacalhau.yaml': composeFile(
    'bacalhau-node',
    'bacalhau-node',
    'ghcr.io/bacalhau-project/bacalhau:latest-dind',
  ),
  'instance-files/opt/uploaded_files/greeting': 'hello\n',
  'instance-files/etc/bacalhau/bacalhau-config-template.yaml':
    'Compute:\n  Auth:\n    Token: "{{ORCHESTRATOR_TOKEN}}"\n',
  'instance-files/etc/bacalhau/orchestrator_endpoint': 'nats://orchestrator.example.com:4222\n',
  'instance-files/etc/bacalhau/orchestrator_token': 'an-old-token\n',
  'instance-files/usr/local/bin/deploy_services.py': '#!/usr/bin/env python3\n',
  'instance-files/usr/local/bin/greet': { text: '#!/bin/sh\necho hello\n', mode: 0o755 },
};

/** Writes a checkout into a new folder. */
export const writeOldCheckout = async (folder: string, files: OldFiles): Promise<void> => {
  for (const [name, file] of Object.entries(files)) {
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, typeof file === 'string' ? file : file.text);
    if (typeof file !== 'string') await chmod(target, file.mode);
  }
};

/** All that can be seen of a folder's files: path, permissions and content. */
export const snapshotOf = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const { mode, mtimeMs } = await stat(file);
        return `${path.relative(folder, file)} ${mode} ${mtimeMs} ${await readFile(file, 'utf8')}`;
      }),
  );
  return lines.sort();
};
