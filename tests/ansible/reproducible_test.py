"""The binaries of the collection, built again from the same sources in another place, are the same bytes.

Takes minutes: nothing is taken from a compiler cache. What it compares with is what the target `collection` built:
build that first.
"""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import collections

SOURCE = Path(__file__).resolve().parents[2]
NEEDED = ('CMakeLists.txt', 'CMakePresets.json', 'cmake', 'lib', 'ansible_module')


class ReproducibleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shipped = collections() / 'ansible_collections/regvault/registry/programs'
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.copy = Path(scratch.name) / 'a place with another name/deeper/regvault'
        for name in NEEDED:
            copy = shutil.copytree if (SOURCE / name).is_dir() else shutil.copy
            cls.copy.mkdir(parents=True, exist_ok=True)
            copy(SOURCE / name, cls.copy / name)
        libraries = SOURCE / 'build/aarch64-libraries'
        if libraries.is_dir():
            shutil.copytree(libraries, cls.copy / 'build/aarch64-libraries', symlinks=True)

    def built_again(self, machine):
        """Another directory, time, locale, time zone, mask and user name than the first time."""
        environment = {**os.environ, 'CCACHE_DISABLE': '1', 'LC_ALL': 'C', 'TZ': 'Asia/Kathmandu', 'USER': 'else',
                       'HOME': str(self.copy), 'CMAKE_BUILD_PARALLEL_LEVEL': '2'}
        done = subprocess.run([self.copy / 'ansible_module/build_binaries.sh', machine], env=environment, umask=0o077,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(0, done.returncode, done.stdout[-3000:])
        return self.copy / f'build/module-{machine}/bin'

    def test_the_same_bytes(self):
        for machine in ('x86_64', 'aarch64'):
            programs = [file.name[:-len(machine) - 1] for file in sorted(self.shipped.glob(f'*_{machine}'))]
            self.assertIn('login', programs)
            again = self.built_again(machine)
            for program in programs:
                with self.subTest(program, machine=machine):
                    shipped = self.shipped / f'{program}_{machine}'
                    self.assertTrue((again / program).read_bytes() == shipped.read_bytes(),
                                    f'{shipped} is not what these sources make: is the collection new?')


if __name__ == '__main__':
    unittest.main()
