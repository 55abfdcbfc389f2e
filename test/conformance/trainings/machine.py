import time

import mlflow

mlflow.set_experiment("machine")
mlflow.set_system_metrics_sampling_interval(0.1)
mlflow.set_system_metrics_samples_before_logging(1)

with mlflow.start_run(run_name="watched", log_system_metrics=True):
    for step in range(8):
        mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
        time.sleep(0.1)
    with mlflow.start_run(run_name="part", nested=True):
        mlflow.log_params({"part": 1, "of": "watched"})
