/**
 * What the tests need beside npm's packages: Chromium for the page, and readers of PSD files that are not ours. On Debian
 * and its relatives they are installed when missing; elsewhere the tests say what they miss.
 */
import { execFileSync, spawnSync } from 'node:child_process';

const needed = [
  { package: 'chromium', probe: ['chromium', '--version'] },
  { package: 'imagemagick', probe: ['identify', '-version'] },
  { package: 'libimage-exiftool-perl', probe: ['exiftool', '-ver'] },
  { package: 'python3-psd-tools', probe: ['/usr/bin/python3', '-c', 'import psd_tools'] },
];

const works = ([command, ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export function installTestPrograms() {
  const missing = needed.filter(({ probe }) => !works(probe)).map((one) => one.package);
  if (missing.length === 0) return;
  if (!works(['apt-get', '--version'])) {
    console.log(`Missing for the tests: ${missing.join(', ')}. Install them by hand; tests that need them will say so.`);
    return;
  }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  // A mirror may stumble, and the system may be updating itself.
  const patience = ['-o', 'Acquire::Retries=5', '-o', 'DPkg::Lock::Timeout=120'];
  const apt = (...args) => {
    const [program, ...before] = [...sudo, 'apt-get'];
    execFileSync(program, [...before, ...patience, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  console.log(`Installing for the tests: ${missing.join(', ')}`);
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  } catch (cause) {
    console.log(`Could not install ${missing.join(', ')}: ${cause.message}`);
  }
}
