/*
  The NixOS test of one scenario: a machine with the fleet's own modules, and Loki in a container on it, behind the
  name, TLS and password that the fleet's Loki has.

  In: name, pkgs, and
    host               the machine's host name
    modules            the fleet's own modules, and sops-nix's
    secrets            what the secrets of the modules hold in this test, by name; passwords for this test alone
    loki               { image; container; port; front; }: Loki's container, its port, and how it is pushed to:
                       { name; listen; port; tls; prefix; subject; username; password; }
    lokiConfiguration  path of Loki's configuration
    label, labelled    whether each shipper says who it is by the label `collector`, and the Alloy configuration that does
    testScript         Python
  Out: a derivation.
*/
{
  name,
  pkgs,
  host,
  modules,
  secrets,
  loki,
  lokiConfiguration,
  label,
  labelled,
  testScript,
}:
let
  inherit (pkgs) lib;
  inherit (loki) front;

  # A key, what is encrypted to it, and a certificate: made when the test is built, and good for nothing else.
  material =
    pkgs.runCommand "fleet-test-material"
      {
        nativeBuildInputs = [
          pkgs.age
          pkgs.openssl
          pkgs.sops
        ];
        secrets = builtins.toJSON secrets;
        passAsFile = [ "secrets" ];
      }
      ''
        export HOME=$TMPDIR
        mkdir $out
        age-keygen -o $out/key.txt
        recipient=$(age-keygen -y $out/key.txt)
        sops encrypt --age "$recipient" --filename-override secrets.yaml --input-type json --output-type yaml \
          $secretsPath >$out/secrets.yaml
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=fleet-loki \
          -addext subjectAltName=${front.subject} -keyout $out/loki.key -out $out/loki.pem
        echo "${toString front.username}:$(openssl passwd -apr1 ${lib.escapeShellArg front.password})" >$out/passwords
      '';

  keyFile = "/run/fleet-test-age-key.txt";

  # One of the fleet's machines, as far as its modules make it one.
  fleetsMachine =
    { lib, ... }:
    {
      imports = modules;
      networking.hostName = host;
      sops = {
        defaultSopsFile = lib.mkForce "${material}/secrets.yaml";
        # It is a build's result, which sops-nix could look at only by building it while it evaluates.
        validateSopsFiles = false;
        age.keyFile = lib.mkForce keyFile;
        age.sshKeyPaths = lib.mkForce [ ];
        gnupg.sshKeyPaths = lib.mkForce [ ];
        secrets = builtins.mapAttrs (_: _: { sopsFile = lib.mkForce "${material}/secrets.yaml"; }) secrets;
      };
      # sops-nix takes no key from the Nix store.
      system.activationScripts.fleetTestKey.text = "install -m 0400 ${material}/key.txt ${keyFile}";
      system.activationScripts.setupSecrets.deps = [ "fleetTestKey" ];
    };

  shippersSayWhoTheyAre =
    { lib, ... }:
    {
      environment.etc."alloy/config.alloy".source = lib.mkForce labelled;
      services.promtail.extraFlags = [ "-client.external-labels=collector=promtail" ];
    };

  lokiInAContainer = {
    virtualisation.oci-containers = {
      backend = "podman";
      containers.${loki.container} = {
        serviceName = loki.container;
        image = loki.image;
        imageFile = pkgs.dockerTools.buildImage {
          name = builtins.head (lib.splitString ":" loki.image);
          tag = lib.last (lib.splitString ":" loki.image);
          config.Entrypoint = [ "${pkgs.grafana-loki}/bin/loki" ];
        };
        cmd = [ "-config.file=/etc/loki/loki.yaml" ];
        volumes = [
          "${lokiConfiguration}:/etc/loki/loki.yaml:ro"
          "/var/lib/loki:/var/lib/loki"
        ];
        extraOptions = [ "--network=host" ];
      };
    };
    systemd.tmpfiles.rules = [ "d /var/lib/loki 0755 root root" ];
  };

  lokisFront = {
    services.nginx = {
      enable = true;
      virtualHosts.fleet-loki = {
        listen = [
          {
            addr = front.listen;
            port = front.port;
            ssl = front.tls;
          }
        ];
        onlySSL = front.tls;
        locations."${front.prefix}/".proxyPass = "http://127.0.0.1:${toString loki.port}/";
        extraConfig = "client_max_body_size 0;";
      }
      // lib.optionalAttrs front.tls {
        sslCertificate = "${material}/loki.pem";
        sslCertificateKey = "${material}/loki.key";
      }
      // lib.optionalAttrs (front.username != null) { basicAuthFile = "${material}/passwords"; };
    };
    networking.hosts = lib.optionalAttrs (front.name != null) { ${front.listen} = [ front.name ]; };
    networking.localCommands = lib.optionalString (front.name == null) "ip address replace ${front.listen} dev lo";
    security.pki.certificateFiles = lib.optional front.tls "${material}/loki.pem";
  };
in
pkgs.testers.runNixOSTest {
  name = "fleet-${name}";
  globalTimeout = 3600;
  nodes.machine = {
    imports = [
      fleetsMachine
      lokiInAContainer
      lokisFront
    ]
    ++ lib.optional label shippersSayWhoTheyAre;
    environment.systemPackages = [ pkgs.curl ];
    virtualisation.memorySize = 2048;
    virtualisation.diskSize = 4096;
  };
  inherit testScript;
}
