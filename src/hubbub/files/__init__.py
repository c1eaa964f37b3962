"""Files: what people upload, where its bytes are kept, who may read them, and how they go away again."""
