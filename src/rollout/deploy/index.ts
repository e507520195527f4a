import { error, FleetError } from "../../diagnostics/index.ts";
import type { Deploy } from "../../manifest/index.ts";
import { CommandDeployer } from "./command.ts";
import type { DeployContext, Deployer } from "./deployer.ts";
import { GitPull } from "./git-pull.ts";
import { NixosRebuild } from "./nixos-rebuild.ts";
import { colmena, deployRs, RemoteTool } from "./remote-tool.ts";
import { SshHosts } from "./ssh-hosts.ts";

export type { DeployContext, Deployer, Generation, Order } from "./deployer.ts";

/**
 * The deployer that the manifest asks for.
 *
 * @param branch the branch that is checked out, asked for where the manifest names none to push to
 */
export async function createDeployer(
  deploy: Deploy,
  context: DeployContext,
  branch: () => Promise<string>,
): Promise<Deployer> {
  const hosts = new SshHosts(deploy, context);
  switch (deploy.adapter) {
    case "nixos-rebuild":
      return new NixosRebuild(deploy, context, hosts);
    case "colmena":
      return new RemoteTool("colmena", colmena, { deploy, context, hosts });
    case "deploy-rs":
      return new RemoteTool("deploy-rs", deployRs, { deploy, context, hosts });
    case "git-pull":
      return new GitPull(deploy, context, hosts, deploy.git.branch ?? (await branch()));
    case "command": {
      if (deploy.command !== undefined) return new CommandDeployer(deploy, deploy.command, context);
      const message = "the adapter command needs its command lines";
      throw new FleetError(error("manifest/missing-key", message));
    }
  }
}
