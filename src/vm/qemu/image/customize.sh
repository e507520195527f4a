# Run by mmdebstrap as the last step of the guest's file system, $1: kernel, initramfs, units.
set -eu
root=$1

chroot "$root" bash -euc '
cd /tmp
# The kernel package is unpacked, not installed: its scripts would make an initramfs of their own, which takes longer
# to make and to boot.
kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n "s/^ *Depends: \(linux-image-[0-9].*\)/\1/p" | head -n 1)
apt-get download -q "$kernel"
dpkg-deb --extract "$kernel"_*.deb kernel
mv kernel/lib/modules /lib/modules
mv kernel/boot/vmlinuz-* /boot/vmlinuz
version=$(ls /lib/modules)
depmod "$version"

mkdir -p initramfs/bin
cp /bin/busybox initramfs/bin/busybox
# In the order in which they have to be inserted.
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
  find "/lib/modules/$version" -name "$module.ko" -exec cp {} initramfs/ \; -quit
  echo "$module" >> initramfs/modules
done
cp /usr/local/lib/fleet/initramfs-init initramfs/init
chmod 0755 initramfs/init
cd initramfs
find . | cpio --quiet --create --format=newc > /boot/initramfs
rm -r /tmp/kernel /tmp/initramfs /tmp/*.deb

# A journal that outlives a reboot.
mkdir -p /var/log/journal /var/lib/loki /opt/fleet
chmod 0755 /usr/local/lib/fleet/*
systemctl --quiet enable fleet-shell.service fleet-prompt.service fleet-network.service
# Nothing runs by itself that a scenario did not ask for.
systemctl --quiet disable nginx.service
rm /etc/nginx/sites-enabled/default
systemctl --quiet mask getty@tty1.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-tmpfiles-clean.timer \
  podman.socket podman.service podman-restart.service podman-auto-update.service podman-auto-update.timer
passwd --quiet --delete root
'
