# Run in the first boot of the guest, $image and $size given: loads Loki's container image from the archive of $size
# bytes on the second disk, and leaves the disk as every later boot is to find it.
set -eu
head -c "$size" /dev/vdb | podman load --quiet
# Also shows that the kernel and podman can run it.
podman run --rm --network none "$image" -version
# Nobody answers there: nothing of the guest gets out.
echo nameserver 10.0.2.3 > /etc/resolv.conf
journalctl --quiet --rotate
journalctl --quiet --vacuum-time=1s
fstrim /
sync
