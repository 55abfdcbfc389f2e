/** Apart from what the file may say, which takes a while to load and few runs need. */
export const PROJECT_FILE_NAME = "modeltrail.yaml";
