import sys

from .arguments import parse


def main():
    options = parse()
    if options.command == "predict":
        from .batch import predict_file

        return predict_file(options)
    try:
        from .app.run import serve
    except ModuleNotFoundError as error:
        return "The package %s, which the app that serves needs, is not installed." % error.name

    return serve(options)


if __name__ == "__main__":
    sys.exit(main())
