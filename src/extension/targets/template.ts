/** What `targets:` of modeltrail.yaml may look like, for who begins. The first one works wherever `ssh gpu-box` does. */
export const TARGETS_EXAMPLE = `# Places to run besides this machine. Secrets never stand here: see "Modeltrail: Set Secret of Target".
targets:
  gpu-box:
    kind: ssh
    host: gpu-box              # as \`ssh\` knows it
    # python: ~/envs/train/bin/python
    # limits: {time: 8h}
  # cluster:
  #   kind: slurm
  #   host: login.cluster.example   # leave it out on the login node itself
  #   partition: gpu
  #   gres: gpu:1
  #   time: 2h
  # box:
  #   kind: podman               # or docker; without an image, one is built of the project's packages
  #   image: docker.io/library/python:3.12-slim
  # ray:
  #   kind: ray
  #   address: http://head:8265
# Queued jobs on this machine.
# local: {slots: 2}
`;
