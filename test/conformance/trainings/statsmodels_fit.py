import mlflow
import numpy as np
import statsmodels.api as sm

mlflow.autolog()
mlflow.set_experiment("statsmodels")

x = sm.add_constant(np.arange(50.0))
y = 2 + 3 * np.arange(50.0) + np.sin(np.arange(50.0))
print(sm.OLS(y, x).fit().params)
