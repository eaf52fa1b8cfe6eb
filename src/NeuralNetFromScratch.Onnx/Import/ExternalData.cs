using System.Globalization;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Weights in separate files such as model.onnx.data, which PyTorch writes for large models.</summary>
/// <param name="folder">The folder of the model; null if it is read from a stream.</param>
internal sealed class ExternalData(string? folder)
{
    private const string Location = "location", Offset = "offset", Length = "length";

    private readonly string? _folder = folder is null ? null : Path.GetFullPath(folder);

    public static bool IsExternal(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0;

    /// <summary>Returns the number of bytes of a tensor in another file, limited to the size of that file.</summary>
    public long StoredBytes(TensorProto tensor)
    {
        if (!IsExternal(tensor) || _folder is null)
            return 0;
        var file = new FileInfo(PathOf(tensor, tensor.Name));
        return file.Exists ? Math.Min(file.Length, Number(tensor, tensor.Name, Length) ?? file.Length) : 0;
    }

    /// <summary>Reads the bytes of a tensor.</summary>
    /// <exception cref="InvalidDataException">The file is missing, is outside the folder of the model, or is too short.</exception>
    public byte[] Read(TensorProto tensor, string name, long length)
    {
        if (_folder is null)
            throw new InvalidDataException(
                $"tensor {MessageText.Quote(name)} lies in another file, {MessageText.Quote(Entry(tensor, Location) ?? "")}, which a stream does not lead to; import the model by its path, or write it as one file (onnx.save_model(…, save_as_external_data=False); torch.onnx.export(…, external_data=False))");
        string path = PathOf(tensor, name);
        if (!File.Exists(path))
            throw new InvalidDataException($"tensor {MessageText.Quote(name)} is in {MessageText.Quote(path)}, which does not exist; place the file in the folder of the model");
        using FileStream file = File.OpenRead(path);
        long offset = Number(tensor, name, Offset) ?? 0, stored = Number(tensor, name, Length) ?? file.Length - offset;
        if (offset < 0 || stored != length || offset > file.Length - length)
            throw new InvalidDataException(
                $"tensor {MessageText.Quote(name)} has {length} bytes, but lies in bytes {offset} to {offset + stored} of {MessageText.Quote(path)}, which has {file.Length}");
        byte[] bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Returns the path of the file, which must be within the folder of the model.</summary>
    private string PathOf(TensorProto tensor, string name)
    {
        string location = Entry(tensor, Location) ?? "";
        string path = location.Length == 0 || location.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(_folder!, location));
        string relative = path.Length == 0 ? ".." : Path.GetRelativePath(_folder!, path);
        bool isInside = !Path.IsPathRooted(location) && !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (!isInside || (File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not null))
            throw new InvalidDataException($"tensor {MessageText.Quote(name)} is in {MessageText.Quote(location)}, which is outside the folder of the model; place the file in that folder");
        return path;
    }

    private static long? Number(TensorProto tensor, string name, string key)
    {
        if (Entry(tensor, key) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new InvalidDataException($"tensor {MessageText.Quote(name)}: its {key} {MessageText.Quote(text)} is not a number");
    }

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;
}
