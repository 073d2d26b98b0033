#!/bin/sh
# Becomes the sshd of one target, in a root of its own: run in a mount namespace of its own, which
# takes everything along when it ends.
#
#   unshare --mount sh start-target.sh ROOT SKELETON ADDRESS PORT
#
# ROOT is an empty folder, which all targets share; SKELETON is what each gets a copy of.
set -eu
root=$1
skeleton=$2
address=$3
port=$4

mount -t tmpfs -o mode=0755,size=64m tmpfs "$root"
cd "$root"
for name in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then
    cp -P "/$name" "$name"
  elif [ -d "/$name" ]; then
    mkdir "$name"
    mount --bind "/$name" "$name"
    mount -o remount,bind,ro "$name"
  fi
done
mkdir usr dev proc
mount --bind /usr usr
mount -o remount,bind,ro usr
mount --rbind /dev dev
mount --rbind /proc proc
cp -R "$skeleton/." .
chmod 1777 tmp
exec chroot . /usr/sbin/sshd -D -E /run/sshd.log -o "ListenAddress=$address:$port"
