import lightgbm
import mlflow
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

mlflow.autolog()
mlflow.set_experiment("lightgbm")

train_x, test_x, train_y, test_y = train_test_split(*load_iris(return_X_y=True, as_frame=True), random_state=0)
with mlflow.start_run(run_name="boosted", tags={"team": "red"}):
    model = lightgbm.LGBMClassifier(n_estimators=12, max_depth=3, verbose=-1, deterministic=True, n_jobs=1)
    model.fit(train_x, train_y, eval_set=[(test_x, test_y)], eval_metric="multi_error")
    mlflow.log_metric("test_accuracy", model.score(test_x, test_y))
