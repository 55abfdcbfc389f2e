import sys

from .arguments import parse


def main():
    options = parse()
    if options.command == "predict":
        from .batch import predict_file

        return predict_file(options)
    from .app.run import serve

    return serve(options)


if __name__ == "__main__":
    sys.exit(main())
