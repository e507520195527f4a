export const guestCodes = {
  "guest/not-rendered": "The configuration of a host could not be evaluated for a virtual machine",
  "guest/no-shipper": "A host does not run the program that a scenario is about",
  "guest/no-promtail": "Nothing says how Promtail is to be run beside Alloy",
  "guest/no-secret": "A secret that a unit needs cannot be decrypted or made",
  "guest/not-installed": "A guest could not be made the machine of a host",
} as const;
