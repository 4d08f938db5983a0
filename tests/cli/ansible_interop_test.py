"""With the installed Ansible: what one side encrypts, the other opens."""

import json
import subprocess

import program
from program import KEY


class AnsibleInterop(program.Case):
    def ansible(self, *command, stdin=None):
        result = subprocess.run([*map(str, command)], cwd=self.dir, env=self.environment, capture_output=True, text=True,
                                input=stdin, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def value_for_host(self, expression, *options):
        out = self.ansible("ansible", "gpu-01", "-i", self.inventory, *options, "-c", "local", "-o", "-m", "debug",
                           "-a", f"msg={{{{ {expression} }}}}")
        return json.loads(out.split("=>", 1)[1])["msg"]

    def test_ansible_reads_what_set_wrote(self):
        self.set_token()
        self.assertEqual(self.value_for_host("iaas_console.ghcr_pat"), self.token)
        self.assertEqual(self.value_for_host("iaas_console.ghcr_user"), "octocat")

    def test_ansible_reads_labels(self):
        (self.dir / "prod").write_text("prod password")
        self.set_token("--vault-id", f"prod@{self.dir}/prod", "--encrypt-vault-id", "prod")
        self.assertIn("$ANSIBLE_VAULT;1.2;AES256;prod", self.inventory.read_text())
        self.environment["ANSIBLE_VAULT_ID_MATCH"] = "1"
        options = ("--vault-id", f"prod@{self.dir}/prod")
        self.assertEqual(self.value_for_host("iaas_console.ghcr_pat", *options), self.token)

    def test_ansible_reads_what_encrypt_string_printed(self):
        result = self.run_program("encrypt_string", "--stdin-name", "ghcr_pat", stdin=self.token.encode())
        self.inventory.write_text(f"all:\n  hosts:\n    gpu-01:\n  vars:\n    {result.stdout.decode()}    z: 1\n")
        self.assertEqual(self.value_for_host("ghcr_pat"), self.token)

    def test_regvault_reads_what_ansible_encrypted(self):
        block = self.ansible("ansible-vault", "encrypt_string", "--stdin-name", "ghcr_pat", stdin=self.token)
        self.inventory.write_text(f"all:\n  hosts:\n    gpu-01:\n  vars:\n    {block}\n    z: 1\n")
        result = self.run_program("get", self.inventory, "all.vars.ghcr_pat")
        self.assertEqual((result.stdout.decode(), result.returncode), (self.token, 0), result.stderr)

    def test_regvault_replaces_what_ansible_encrypted(self):
        block = self.ansible("ansible-vault", "encrypt_string", "--stdin-name", "ghcr_pat", stdin="old")
        self.inventory.write_text(f"all:\n  hosts:\n    gpu-01:\n  vars:\n    {block}\n    z: 1\n")
        result = self.run_program("set", "--stdin", self.inventory, "all.vars.ghcr_pat", stdin=self.token.encode())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.value_for_host("ghcr_pat"), self.token)
        self.assertEqual(self.value_for_host("z"), 1)

    def test_the_configuration_is_found_as_ansible_finds_it(self):
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        self.dir.chmod(0o755)
        (self.dir / "ansible.cfg").write_text("[defaults]\nvault_password_file = ./pw ; here\n")
        self.set_token()
        self.assertEqual(self.get_token(), self.token)
        self.assertEqual(self.value_for_host("iaas_console.ghcr_pat"), self.token)


if __name__ == "__main__":
    program.main()
