"""The site as static files: asked of the application in process, its links made relative, written whole or not at all."""
