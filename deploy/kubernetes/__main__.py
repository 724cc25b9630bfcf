"""`python -m deploy.kubernetes`: write the manifests again."""

from deploy.kubernetes.manifests import HOUSE, text

if __name__ == "__main__":
    HOUSE.write_text(text(), "utf-8")
