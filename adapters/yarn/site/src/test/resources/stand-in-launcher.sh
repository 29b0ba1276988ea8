# Stands in for the launcher, its agent and a worker: `run` counts tasks; the file INSTANCE.hibernate
# in the state folder ends it as a hibernation would; `attach` goes on from there.
state=$1; command=$2; shift 2
while [ $# -gt 0 ]; do
  case $1 in
    --instance) instance=$2; shift 2 ;;
    --stdio) stdio=${2#tcp://}; shift 2 ;;
    --token-file) token=$(cat "$2"); shift 2 ;;
    --) break ;;
    *) shift 2 ;;
  esac
done
marker=$state/$instance.hibernate
saved=$state/$instance.counter
counter=0
exec 3<>"/dev/tcp/${stdio%:*}/${stdio#*:}"
echo "DORMOUSE $instance generation $token" >&3
if [ "$command" = attach ]; then
  rm "$marker"
  counter=$(cat "$saved")
else
  echo "READY checksum 0" >&3
fi
while true; do
  if [ -e "$marker" ]; then
    echo "$counter" > "$saved"
    exit 80
  fi
  # A timeout may cut a line in two.
  read -r -t 0.1 part <&3
  status=$?
  line=$line$part
  if [ $status -gt 128 ]; then continue; fi
  if [ $status -ne 0 ]; then exit 0; fi
  read -r verb first rest <<< "$line"
  line=
  case $verb in
    TASK) counter=$((counter + 1)); echo "DONE $first $counter $(id -un) $rest" >&3 ;;
    PROVE) echo "PROOF $first $counter checksum $counter file$counter" >&3 ;;
  esac
done
