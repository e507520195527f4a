export const vmCodes = {
  "vm/failed": "What a VM test expected of a machine did not come",
  "vm/timeout": "A VM test did not end within its time",
  "vm/image-failed": "The disk image of the guest could not be made",
  "vm/needs-root": "The disk image of the guest can only be made with root's rights",
  "vm/no-space": "There is too little room on the disk for a virtual machine",
  "vm/disk-full": "The disk under a running virtual machine is full",
  "vm/qemu-ended": "qemu ended by itself",
  "vm/no-boot": "A guest did not come up in time",
  "vm/kernel-panic": "The kernel of a guest panicked",
  "vm/guest-out-of-memory": "A guest had no memory left and its kernel killed a process",
  "vm/no-answer": "The shell of a guest does not answer",
  "vm/port-taken": "A port that a guest's port was to be forwarded from is in use",
} as const;
