#!/bin/sh
# tiny_image.sh DIR: an OCI image layout of one small layer, made from nothing; tag "latest".
set -eu

mkdir -p "$1/blobs/sha256"
cd "$1"

add_blob() {  # standard input → blobs/; prints "sha256:DIGEST SIZE"
  cat > blob
  digest=$(sha256sum < blob | cut -d ' ' -f 1)
  size=$(wc -c < blob)
  mv blob "blobs/sha256/$digest"
  echo "$digest $size"
}

printf 'hello from regvault\n' > hello.txt
tar -cf layer.tar --sort=name --mtime=@0 --owner=0 --group=0 hello.txt
diff_id=$(sha256sum < layer.tar | cut -d ' ' -f 1)
layer=$(gzip -n < layer.tar | add_blob)
config=$(printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$diff_id" | add_blob)
oci=application/vnd.oci.image
manifest=$(printf '{"schemaVersion":2,"mediaType":"%s.manifest.v1+json","config":{"mediaType":"%s.config.v1+json","digest":"sha256:%s","size":%d},"layers":[{"mediaType":"%s.layer.v1.tar+gzip","digest":"sha256:%s","size":%d}]}' \
  "$oci" "$oci" "${config% *}" "${config#* }" "$oci" "${layer% *}" "${layer#* }" | add_blob)
printf '{"imageLayoutVersion":"1.0.0"}' > oci-layout
printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s.manifest.v1+json","digest":"sha256:%s","size":%d,"annotations":{"org.opencontainers.image.ref.name":"latest"}}]}' \
  "$oci" "${manifest% *}" "${manifest#* }" > index.json
rm -f hello.txt layer.tar
