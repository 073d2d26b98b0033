/** Units of the machine itself, as far as others refer to them. None has a process here. */
export const builtInUnits: Readonly<Record<string, string>> = {
  'local-fs.target': '[Unit]\nDescription=Local File Systems\nDefaultDependencies=no',
  'sysinit.target':
    '[Unit]\nDescription=System Initialization\nDefaultDependencies=no\nWants=local-fs.target\nAfter=local-fs.target',
  'sockets.target': '[Unit]\nDescription=Socket Units',
  'timers.target': '[Unit]\nDescription=Timer Units',
  'paths.target': '[Unit]\nDescription=Path Units',
  'basic.target':
    '[Unit]\nDescription=Basic System\nRequires=sysinit.target\nAfter=sysinit.target\nWants=sockets.target timers.target paths.target',
  'network-pre.target': '[Unit]\nDescription=Preparation for Network',
  'network.target': '[Unit]\nDescription=Network\nAfter=network-pre.target',
  'network-online.target':
    '[Unit]\nDescription=Network is Online\nAfter=network.target cloud-init.service',
  'nss-lookup.target': '[Unit]\nDescription=Host and Network Name Lookups',
  'remote-fs.target': '[Unit]\nDescription=Remote File Systems',
  'time-sync.target': '[Unit]\nDescription=System Time Synchronized',
  'multi-user.target':
    '[Unit]\nDescription=Multi-User System\nRequires=basic.target\nAfter=basic.target\nWants=ssh.service docker.service containerd.service',
  'graphical.target':
    '[Unit]\nDescription=Graphical Interface\nRequires=multi-user.target\nAfter=multi-user.target',
  'shutdown.target': '[Unit]\nDescription=System Shutdown\nDefaultDependencies=no',
  'reboot.target': '[Unit]\nDescription=System Reboot\nDefaultDependencies=no',
  'poweroff.target': '[Unit]\nDescription=System Power Off\nDefaultDependencies=no',
  'cloud-config.target':
    '[Unit]\nDescription=Cloud-config availability\nWants=cloud-init-local.service cloud-init.service\nAfter=cloud-init-local.service cloud-init.service',
  'cloud-init.target':
    '[Unit]\nDescription=Cloud-init target\nAfter=multi-user.target\nWants=cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service',
  'cloud-init-local.service':
    '[Unit]\nDescription=Cloud-init: Local Stage (pre-network)\nDefaultDependencies=no\nAfter=local-fs.target\nBefore=network-pre.target sysinit.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/cloud-init init --local',
  'cloud-init.service':
    '[Unit]\nDescription=Cloud-init: Network Stage\nDefaultDependencies=no\nWants=cloud-init-local.service\nAfter=cloud-init-local.service\nBefore=network-online.target ssh.service sysinit.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/cloud-init init',
  'cloud-config.service':
    '[Unit]\nDescription=Cloud-init: Config Stage\nAfter=network-online.target cloud-config.target\nWants=network-online.target cloud-config.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/cloud-init modules --mode=config',
  'cloud-final.service':
    '[Unit]\nDescription=Cloud-init: Final Stage\nAfter=network-online.target cloud-config.service multi-user.target\nWants=network-online.target cloud-config.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/cloud-init modules --mode=final',
  'ssh.service':
    '[Unit]\nDescription=OpenBSD Secure Shell server\nAfter=network.target\n[Service]\nType=notify\nExecStart=/usr/sbin/sshd -D\n[Install]\nWantedBy=multi-user.target\nAlias=sshd.service',
  'containerd.service':
    '[Unit]\nDescription=containerd container runtime\nAfter=network.target\n[Service]\nType=notify\nExecStart=/usr/bin/containerd\n[Install]\nWantedBy=multi-user.target',
  'docker.service':
    '[Unit]\nDescription=Docker Application Container Engine\nAfter=network-online.target containerd.service\nWants=network-online.target containerd.service\n[Service]\nType=notify\nExecStart=/usr/bin/dockerd -H fd://\n[Install]\nWantedBy=multi-user.target',
  'docker.socket':
    '[Unit]\nDescription=Docker Socket for the API\n[Socket]\nListenStream=/run/docker.sock\n[Install]\nWantedBy=sockets.target',
  'systemd-journald.service':
    '[Unit]\nDescription=Journal Service\nDefaultDependencies=no\nBefore=sysinit.target\n[Service]\nExecStart=/usr/lib/systemd/systemd-journald',
  'cron.service':
    '[Unit]\nDescription=Regular background program processing daemon\n[Service]\nExecStart=/usr/sbin/cron -f\n[Install]\nWantedBy=multi-user.target',
};

/** Other names of built-in units. */
export const builtInAliases: Readonly<Record<string, string>> = {
  'default.target': 'multi-user.target',
  'runlevel3.target': 'multi-user.target',
  'sshd.service': 'ssh.service',
};

/** Built-in services that do their work and stay active, instead of running on. */
export const builtInOneshots: readonly string[] = [
  'cloud-init-local.service',
  'cloud-init.service',
  'cloud-config.service',
  'cloud-final.service',
];
