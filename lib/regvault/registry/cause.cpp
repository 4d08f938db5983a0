#include <regvault/registry/cause.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace regvault {
namespace {

using enum DecidedBy;

// Sentences that begin with "the registry" are those a login can fail with: the registry's name is put in.
constexpr std::array kCauses{
    // ------------------------------------------------------------------------------------------------- the credentials
    Cause{
        "credentials-refused", "the registry refused the credentials",
        "The registry was reached, and does not take this user name and token: the token is mistyped, expired, revoked "
        "or of another account. At ghcr.io a bad stored token breaks public images, too: if the pull works after a "
        "logout, this was it. (ghcr.io does not look at the user name; it must not be empty.)",
        "check the user name and the token: expired? of the right account? (ghcr.io takes classic tokens only)",
        "regvault check ghcr.io/OWNER/IMAGE --from FILE:KEY   # is the token good, and until when\n"
        "regvault token url --for pull --note HOST           # a new one\n"
        "regvault logout ghcr.io                             # for public images no login is needed",
        credentials, true},
    Cause{"no-credentials", "no credentials were sent",
          "The registry wants a login, and the program had none to send: it looked in another file, under another user "
          "(sudo!), or in another namespace.",
          "log in as the user who runs the program; in Kubernetes, name the pull secret in the pod's namespace",
          "regvault status ghcr.io        # which files have a login, and which one counts\n"
          "regvault login ghcr.io --username USER --from FILE:KEY",
          auth_files},
    Cause{"no-password", "the login got no user name or no password",
          "A variable or a workflow's secret is empty: it is not set, is misspelled, or is not given to this run. Runs "
          "for pull requests from forks and by Dependabot get none of the repository's secrets.",
          "check where the password comes from; secrets are empty in runs for forks",
          "gh secret list --repo OWNER/REPO\n"
          "regvault login ghcr.io --username USER --from FILE:KEY    # asks nothing, shows nothing",
          workflow},
    Cause{
        "denied-or-missing", "the image is not there, or this login may not see it",
        "A registry answers the same to both, so that nobody can find out what is there. Without a login it means: log "
        "in. With one that works: the name is wrong, or the account has no access.",
        "check the image's name, then who is logged in, then that account's access to the package",
        "regvault diagnose ghcr.io/OWNER/IMAGE     # asks the registry which of them it is\n"
        "regvault status ghcr.io",
        pull},
    Cause{"mistyped-token", "the token was not copied whole",
          "A classic GitHub token ends in a checksum, and this one's does not fit: a character is missing or wrong.",
          "copy the token again, or make a new one", "regvault token url --for pull --note HOST", token_shape},
    Cause{"token-kind", "the registry refused the token: its kind is not allowed",
          "ghcr.io takes classic tokens (ghp_…) and a workflow's own; fine-grained ones (github_pat_…) it does not. An "
          "organization may forbid classic ones, too; then its text says so.",
          "use a classic token; if its organization forbids those, ask an owner of it",
          "regvault token url --for pull --note HOST", token_shape, true},
    Cause{"token-expires", "the token expires soon",
          "GitHub tells a classic token's date with every answer of its API.",
          "make the next one, then put it everywhere the old one is: regvault rotate",
          "regvault token url --for pull --note HOST\nregvault rotate FILE KEY", account},
    Cause{"missing-scope", "the registry refused the token: a scope is missing",
          "The login works, for any valid token logs in; the image does not. The token's scopes are on "
          "https://github.com/settings/tokens.",
          "make a classic token with the scope read:packages (to push: write:packages)",
          "regvault token url --for pull --note HOST\nregvault token url --for push --note CI", account, true},
    Cause{"single-sign-on", "the registry refused the token: its organization wants single sign-on (SAML)",
          "The token works for other owners' images, and not for this organization's.",
          "authorize the token for the organization: https://github.com/settings/tokens, Configure SSO", "", account,
          true},
    Cause{"address-not-allowed",
          "the registry refused the login: this host's address is not on the organization's list",
          "The same token works from another network.",
          "ask an owner of the organization to allow the address the host has on the internet",
          "curl -s https://api.ipify.org    # that address", account, true},

    // -------------------------------------------------------------------------------------------------------- packages
    Cause{"no-package-read", "this account may not read the package",
          "The token itself is accepted; the package's settings do not list the account, its team, or the repository "
          "whose workflow it is.",
          "give the account (or the repository, under Actions access) the role Read in the package's settings",
          "# https://github.com/users/USER/packages/container/IMAGE/settings    or /orgs/ORG/packages/…", pull, true},
    Cause{"no-package-write", "this account may not write to the package",
          "Pulling works, pushing does not. In a workflow: the package is not linked to the repository, or the "
          "repository lacks the role Write under Actions access; or the job has no `packages: write`.",
          "in the package's settings give the repository (or the account) the role Write; in a workflow also: "
          "permissions: packages: write",
          "regvault diagnose --workflow .github/workflows/FILE.yml\n"
          "# https://github.com/users/USER/packages/container/IMAGE/settings    or /orgs/ORG/packages/…",
          push, true},
    Cause{"workflow-permissions", "the workflow's token may not write packages",
          "GITHUB_TOKEN has only what `permissions:` gives; a job's own replaces the whole of the workflow's. Without "
          "any, the repository's default counts, which is read-only for new ones.",
          "give the job, or the workflow: permissions: {contents: read, packages: write}",
          "regvault diagnose --workflow .github/workflows/FILE.yml --repo OWNER/REPO\n"
          "# https://github.com/OWNER/REPO/settings/actions    the default; the organization may forbid more",
          workflow, true},
    Cause{"wrong-namespace", "the image's owner is not who the token is for",
          "The first part behind the registry (ghcr.io/OWNER/…) must be the account, or an organization where it may "
          "create packages.",
          "push to a name under the right owner, in lower case: ghcr.io/OWNER/IMAGE", "", push, true},
    Cause{"foreign-workflow-token", "a workflow's token counts for its own repository's owner only",
          "The image belongs to another owner than the repository of the workflow.",
          "use a classic token of an account with access to that package, as a secret of the repository",
          "regvault github secret CR_PAT --repo OWNER/REPO --from FILE:KEY", workflow, true},
    Cause{
        "fork-pull-request", "runs for pull requests from forks cannot push",
        "For a pull request from a fork GITHUB_TOKEN is read-only, whatever `permissions:` says, and other secrets are "
        "empty.",
        "do not log in and push for pull requests: if: github.event_name != 'pull_request'", "", workflow},
    Cause{"other-registry", "the image goes to another registry than the login",
          "docker/login-action without `registry:` logs in to Docker Hub; an image's name without a host goes there, "
          "too.",
          "log in to the registry that the image's name begins with", "", workflow},
    Cause{"no-login-step", "the workflow pushes without a login before it",
          "Each job runs on a machine of its own: a login in another job does not count.",
          "add a docker/login-action step before the push, in the same job", "", workflow},
    Cause{"no-source-label", "the image does not say which repository it is from",
          "Without the label org.opencontainers.image.source a package pushed with a personal token is linked to no "
          "repository, and inherits no access from one.",
          "label the image: org.opencontainers.image.source=https://github.com/OWNER/REPO",
          "docker build --label org.opencontainers.image.source=https://github.com/OWNER/REPO …", workflow},
    Cause{"secret-in-clear", "a password stands in the file",
          "Everyone who can read the file has it; so has the history of the repository.",
          "revoke it, make a new one, and keep that as a secret", "regvault github secret NAME --repo OWNER/REPO",
          workflow},

    // ------------------------------------------------------------------------------------------------------- the image
    Cause{"manifest-unknown", "the image has no such tag",
          "The repository is there, the tag or digest is not: mistyped, not pushed yet, or deleted.",
          "check the tag; push it first", "skopeo list-tags docker://ghcr.io/OWNER/IMAGE", pull},
    Cause{"name-unknown", "there is no image of this name",
          "The registry knows no such repository, or does not show it to this login.",
          "check owner and name; push the image first; if it is private, log in", "regvault status ghcr.io", pull},
    Cause{"no-platform", "the image is not made for this kind of machine",
          "The tag is there, but not for this architecture and operating system.",
          "build it for both (docker buildx build --platform linux/amd64,linux/arm64), or pull with --platform",
          "docker buildx imagetools inspect ghcr.io/OWNER/IMAGE:TAG", pull},
    Cause{"bad-reference", "the image's name is not valid",
          "A name is HOST/OWNER/IMAGE:TAG in lower case, without https://, blanks or empty parts. An empty variable "
          "leaves a final colon or a double slash behind.",
          "write the name in lower case, without a scheme; check the variables in it",
          "echo \"IMAGE=ghcr.io/${GITHUB_REPOSITORY,,}\" >> \"$GITHUB_ENV\"    # lower case, in a workflow", reference},
    Cause{"old-client", "the program is too old for this image",
          "The image is an OCI index, or uses a format this version cannot read; a newer program pulls it.",
          "upgrade docker, containerd or the tool that pulls", "docker version; containerd --version", pull},

    // ----------------------------------------------------------------------------------------------------- the network
    Cause{"tls-unknown-authority", "the registry has a certificate of an unknown authority",
          "The registry's certificate, or that of a proxy which opens TLS, is from an authority this machine (or "
          "container) does not know.",
          "install the authority's certificate on the host; for podman it may be in cert_dir, for docker "
          "/etc/docker/certs.d/HOST/ca.crt",
          "openssl s_client -connect ghcr.io:443 -servername ghcr.io </dev/null | openssl x509 -noout -issuer\n"
          "cp ca.crt /usr/local/share/ca-certificates/ && update-ca-certificates    # then restart docker",
          reachable},
    Cause{"tls-expired", "the registry has a certificate that is not valid now",
          "Either the clock of this machine is wrong, or the certificate has run out.",
          "check the host's clock, then the registry's certificate",
          "timedatectl\nopenssl s_client -connect ghcr.io:443 -servername ghcr.io </dev/null | openssl x509 -noout "
          "-dates",
          reachable},
    Cause{"tls", "the registry has a certificate that does not fit",
          "The certificate is for another name, or TLS itself fails.", "check the registry's name and certificate", "",
          reachable},
    Cause{"plain-http", "the registry speaks plain HTTP, not HTTPS", "The registry, or its port, has no TLS.",
          "give the registry TLS; if plain HTTP is meant: tls_verify: false for podman, insecure-registries in "
          "daemon.json for docker",
          "", reachable},
    Cause{"proxy", "the registry cannot be reached through the proxy",
          "The proxy does not answer, refuses, or wants a login of its own. docker's daemon and containerd have proxy "
          "settings of their own (systemd), not the shell's.",
          "check HTTPS_PROXY and NO_PROXY, of the daemon too",
          "systemctl show docker containerd --property=Environment", reachable},
    Cause{"unreachable", "the registry cannot be reached",
          "No connection comes about: the name is wrong, or DNS, routing or a firewall is in the way. ghcr.io needs "
          "pkg-containers.githubusercontent.com as well, for the layers.",
          "check the name and the host's network, proxy and firewall",
          "curl -sSI https://ghcr.io/v2/    # 401 is the right answer\ngetent hosts ghcr.io "
          "pkg-containers.githubusercontent.com",
          reachable},
    Cause{"timeout", "the registry does not answer", "Packets are dropped on the way, or the network is slow.",
          "check the name and the host's network, proxy and firewall", "curl -sSI -m 10 https://ghcr.io/v2/",
          reachable},
    Cause{"not-a-registry", "the registry answers with a web page, not as a registry does",
          "Something else answers: a captive portal, a proxy's error page, a web server at that name.",
          "check the name; is a captive portal or a proxy in between?", "curl -sSi https://ghcr.io/v2/ | head",
          reachable},
    Cause{"not-asked", "the registry could not be asked",
          "Something on this side is in the way; the evidence says what.", "repair what is said, then try again", "",
          reachable},
    Cause{"registry-fault", "the registry has a fault of its own",
          "It answers with an error 5xx: nothing here is wrong.",
          "try again later; https://www.githubstatus.com tells about ghcr.io", "", reachable},
    Cause{"foreign-realm", "the registry sends the credentials to another host",
          "The registry names a token server that is neither itself nor known to belong to it. Nothing was sent there.",
          "if that host is the registry's: --token-server HOST", "regvault check REGISTRY/IMAGE --token-server HOST",
          credentials},
    Cause{"rate-limit", "the registry limits the number of requests",
          "Too many requests from this address or account. Docker Hub counts pulls without a login by address.",
          "wait, then try again; log in, or pull from a mirror", "", text},

    // ----------------------------------------------------------------------------------------- where logins are stored
    Cause{
        "wrapped-base64", "the base64 of a login is broken into lines, or damaged",
        "GNU base64 breaks lines after 76 characters, which a long user name or token reaches; `echo` without -n adds "
        "a line end.",
        "write the entry anew with a login; by hand: base64 -w0",
        "regvault diagnose --auth-files\nregvault k8s secret NAME --auth-only --username USER --from FILE:KEY",
        auth_files},
    Cause{"bad-auth-entry", "a login's entry is not base64 of USER:PASSWORD",
          "What `auth` holds, decoded, has no colon, or nothing before or behind it.",
          "log in again, which writes the entry anew", "regvault diagnose --auth-files\nregvault login ghcr.io",
          auth_files},
    Cause{"newline-in-auth", "a line end is part of the stored password",
          "The token is right, and is refused: it was encoded together with a line end (echo instead of printf).",
          "log in again, which writes the entry anew", "regvault diagnose --auth-files\nregvault login ghcr.io",
          auth_files},
    Cause{"helper-missing", "a credential helper is named, and not installed",
          "credsStore or credHelpers in the auth file names a program docker-credential-NAME that is not on the PATH. "
          "`desktop` is left behind by Docker Desktop.",
          "install the helper, or remove it from the auth file, then log in again",
          "regvault diagnose --auth-files\nsed -i '/\"credsStore\"/d' ~/.docker/config.json    # look at it first",
          auth_files},
    Cause{"helper-failed", "the credential helper fails",
          "The helper is there, and answers with an error: a locked keyring, no session bus, a gpg key that has gone.",
          "run the helper by hand; on servers without a keyring use another",
          "echo ghcr.io | docker-credential-NAME get >/dev/null", auth_files},
    Cause{"empty-auth-entry", "the auth file has an empty entry for the registry",
          "`\"ghcr.io\": {}` means that a credential helper has the login. Copied to another machine or into a pull "
          "secret, the file is worth nothing.",
          "log in where it is used, or write a secret with the credentials in it",
          "regvault k8s secret NAME --registry ghcr.io --username USER --from FILE:KEY", auth_files},
    Cause{"malformed-auth-file", "the auth file does not parse", "The file is cut off, or was edited by hand.",
          "repair it or move it away", "python3 -m json.tool ~/.docker/config.json >/dev/null", auth_files},
    Cause{"auth-file-access", "the auth file cannot be read",
          "It belongs to another user, often root after a `sudo docker login`.", "make it yours, with mode 0600",
          "sudo chown \"$USER\" ~/.docker/config.json && chmod 600 ~/.docker/config.json", auth_files},
    Cause{"auth-file-exposed", "others may read the stored login",
          "The file's mode or owner lets other users of this machine read the token.",
          "chmod 600; if others use the "
          "machine, replace the token",
          "regvault status", auth_files},
    Cause{"shadowed-login", "another login is read first",
          "Two files have different logins for the registry; the program takes the first, which may be the old one.",
          "log out, then log in again", "regvault status ghcr.io\nregvault logout ghcr.io && regvault login ghcr.io",
          auth_files},
    Cause{"login-in-memory", "the login is gone after a reboot", "podman keeps logins under /run, which is in memory.",
          "log in again with --persist", "regvault login ghcr.io --persist", auth_files},
    Cause{"engine-not-running", "the container engine does not answer",
          "The daemon is not running, or this user may not use its socket; no registry was asked.",
          "start it, or join the group docker (and log in anew)",
          "systemctl status docker\nsudo usermod -aG docker \"$USER\"", text},

    // ------------------------------------------------------------------------------------------------------ Kubernetes
    Cause{
        "pull-secret-missing", "the pull secret is not in the pod's namespace",
        "A secret counts in its own namespace only. The pod goes on without it, and the pull fails as without a login.",
        "create the secret in the namespace of the pod, under the name that imagePullSecrets says",
        "kubectl get secret -n NAMESPACE\nregvault k8s secret NAME -n NAMESPACE --username USER --from FILE:KEY "
        "--apply",
        cluster},
    Cause{"pull-secret-invalid", "the pull secret is not a docker configuration",
          "Type kubernetes.io/dockerconfigjson wants the key .dockerconfigjson with base64 of a JSON object with "
          "\"auths\".",
          "write the secret anew",
          "regvault k8s show NAME -n NAMESPACE\n"
          "regvault k8s secret NAME -n NAMESPACE --username USER --from FILE:KEY --apply",
          cluster},
    Cause{"image-never-pulled", "the pod may not pull, and the image is not on the node", "imagePullPolicy is Never.",
          "set imagePullPolicy: IfNotPresent, or load the image onto the node", "", cluster},
    Cause{"image-pull", "the kubelet cannot pull the image",
          "This is the outcome, not the cause; an event of the pod says why.", "read the pod's events",
          "kubectl describe pod NAME -n NAMESPACE | regvault diagnose --text -", cluster},
};

constexpr std::array<std::string_view, 12> kSteps{"the text",
                                                  "the token's shape",
                                                  "the image's name",
                                                  "auth files",
                                                  "reaching the registry",
                                                  "asking anonymously",
                                                  "asking with the credentials",
                                                  "GitHub's API",
                                                  "asking for the image",
                                                  "trying to push",
                                                  "the workflow",
                                                  "the cluster"};

}  // namespace

std::string_view name_of(DecidedBy step) {
  return kSteps[static_cast<std::size_t>(step)];
}

std::span<const Cause> causes() {
  return kCauses;
}

const Cause* find_cause(std::string_view slug) {
  const auto* row = std::ranges::find(kCauses, slug, &Cause::slug);
  return row == kCauses.end() ? nullptr : row;
}

const Cause& cause_named(std::string_view slug) {
  const Cause* cause = find_cause(slug);
  if (cause == nullptr) std::abort();  // the tests look for every name
  return *cause;
}

}  // namespace regvault
