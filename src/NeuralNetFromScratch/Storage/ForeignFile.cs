namespace NeuralNetFromScratch;

/// <summary>Recognizes other file formats by their first bytes, for messages.</summary>
internal static class ForeignFile
{
    /// <summary>The number of bytes to examine.</summary>
    public const int StartLength = 64;

    private const string Convert = "save the weights as safetensors instead: safetensors.torch.save_file(model.state_dict(), path)";

    private static readonly (byte[] Start, string What)[] Kinds =
    [
        ([0x50, 0x4B, 0x03, 0x04], $"a zip archive, the format of PyTorch (.pth, .pt), Keras (.keras) and NumPy (.npz); {Convert}"),
        ([0x80, 0x02], $"a Python pickle, the format of older versions of PyTorch (.pth, .pt); {Convert}"),
        ([0x80, 0x03], $"a Python pickle; {Convert}"),
        ([0x80, 0x04], $"a Python pickle; {Convert}"),
        ([0x80, 0x05], $"a Python pickle; {Convert}"),
        ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, the format of Keras (.h5); export the model as ONNX, or its weights as safetensors: safetensors.numpy.save_file"),
        ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array (.npy); save it as safetensors: safetensors.numpy.save_file"),
        ([0x47, 0x47, 0x55, 0x46], "a GGUF model, which contains another kind of network"),
        ([0x1F, 0x8B], "a gzip archive; unpack it first"),
        ([.. "version https://git-lfs"u8], "a Git LFS pointer, not the file itself; run \"git lfs pull\""),
        ([.. "<"u8], "an HTML or XML page, which a server may send instead of a file; download the file itself"),
        ([.. "{"u8], "a JSON text; if it is the index of a model in several files (model.safetensors.index.json), load the .safetensors files that it names"),
    ];

    /// <summary>Returns the format of the file and what to do; null if the format is not known.</summary>
    public static string? Describe(ReadOnlySpan<byte> start)
    {
        foreach ((byte[] known, string what) in Kinds)
        {
            if (start.StartsWith(known))
                return what;
        }

        return IsOnnx(start) ? "an ONNX model; OnnxModel.Import of the package NeuralNetFromScratch.Onnx reads it" : null;
    }

    /// <summary>
    /// Whether these are protocol buffers of ONNX: the version of the format in field 1, followed by the producer, the domain, the graph or the
    /// opset.
    /// </summary>
    private static bool IsOnnx(ReadOnlySpan<byte> start) => start.Length > 2 && start[0] == 0x08 && start[1] is > 0 and < 32 && start[2] is 0x12 or 0x1A or 0x22 or 0x3A or 0x42;
}
