# Ships the systemd journal to the central Loki.
{ config, ... }:
{
  sops.secrets.promtail-password = {
    owner = "promtail";
    restartUnits = [ "promtail.service" ];
  };

  services.promtail = {
    enable = true;
    configuration = {
      server = {
        http_listen_port = 9080;
        grpc_listen_port = 0;
      };

      positions.filename = "/var/cache/promtail/positions.yaml";

      clients = [
        {
          url = "https://loki.example.com/loki/api/v1/push";
          basic_auth = {
            username = "promtail@example.com";
            password_file = config.sops.secrets.promtail-password.path;
          };
        }
      ];

      scrape_configs = [
        {
          job_name = "journal";
          journal = {
            json = true;
            max_age = "12h";
            labels.job = "systemd-journal";
          };
          relabel_configs = [
            {
              source_labels = [ "__journal__hostname" ];
              target_label = "host";
            }
          ];
          pipeline_stages = [
            {
              json.expressions = {
                transport = "_TRANSPORT";
                unit = "_SYSTEMD_UNIT";
                msg = "MESSAGE";
                coredump_cgroup = "COREDUMP_CGROUP";
                coredump_exe = "COREDUMP_EXE";
                coredump_cmdline = "COREDUMP_CMDLINE";
                coredump_uid = "COREDUMP_UID";
                coredump_gid = "COREDUMP_GID";
              };
            }

            # Kernel lines and the like have no unit: say where they came from instead.
            {
              template = {
                source = "unit";
                template = "{{if .unit}}{{.unit}}{{else}}{{.transport}}{{end}}";
              };
            }

            # A core dump is logged by systemd-coredump; the unit that crashed is in its cgroup.
            {
              regex = {
                source = "coredump_cgroup";
                expression = "(?P<coredump_unit>[^/]+)$";
              };
            }
            {
              template = {
                source = "msg";
                template = "{{if .coredump_exe}}{{.coredump_exe}} core dumped (user: {{.coredump_uid}}/{{.coredump_gid}}, command: {{.coredump_cmdline}}){{else}}{{.msg}}{{end}}";
              };
            }
            { labels.coredump_unit = "coredump_unit"; }

            # Every login has a session of its own number; one label value serves them all.
            {
              replace = {
                source = "unit";
                expression = "^(session-\\d+.scope)$";
                replace = "session.scope";
              };
            }
            { labels.unit = "unit"; }

            # The firewall logs every refused connection.
            {
              drop = {
                source = "msg";
                expression = "^refused connection: IN=";
              };
            }
            # avahi-daemon, for each odd mDNS answer of a television or a printer.
            {
              drop = {
                source = "msg";
                expression = "^Invalid response packet from host";
              };
            }
            # postfix, for each scanner that tries a login.
            {
              drop = {
                source = "msg";
                expression = "^lost connection after (AUTH|EHLO|STARTTLS|UNKNOWN) from ";
              };
            }
            # dbus, when a confined service asks for what it may not have.
            {
              drop = {
                source = [
                  "unit"
                  "msg"
                ];
                separator = ";";
                expression = "^dbus\\.service;.*Rejected send message";
              };
            }

            { output.source = "msg"; }
          ];
        }
      ];
    };
  };
}
