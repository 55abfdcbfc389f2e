import mlflow
import xgboost
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

mlflow.autolog()
mlflow.set_experiment("xgboost")

train_x, test_x, train_y, test_y = train_test_split(*load_iris(return_X_y=True, as_frame=True), random_state=0)
train = xgboost.DMatrix(train_x, label=train_y)
test = xgboost.DMatrix(test_x, label=test_y)
params = {"objective": "multi:softprob", "num_class": 3, "eta": 0.3, "max_depth": 3, "eval_metric": ["mlogloss", "merror"]}
model = xgboost.train(
    params, train, num_boost_round=30, evals=[(train, "train"), (test, "test")], early_stopping_rounds=5, verbose_eval=False
)
print(model.best_iteration)
