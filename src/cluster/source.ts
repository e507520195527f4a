import type { KubernetesObject } from "../generate/index.ts";

/** Something that holds Kubernetes objects, to compare those that are wanted with. */
export interface ObjectSource {
  /** For a person: "clusters/vm-cluster". */
  name: string;
  /**
   * The objects that are there: those of the wanted ones that it has, and those that fleet made before and that are
   * no longer wanted.
   */
  read(wanted: readonly KubernetesObject[]): Promise<readonly KubernetesObject[]>;
}
