namespace NeuralNetFromScratch;

/// <summary>Networks in files.</summary>
public sealed partial class Sequential
{
    /// <summary>
    /// Writes the network to a safetensors file: tensors, layers, class names, input scaling, <see cref="Metadata"/> and <see cref="ExtraTensors"/>. The file
    /// is written whole or not at all.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced, a link is followed, and a folder that is missing is made.</param>
    /// <param name="naming">How tensors are called and turned.</param>
    /// <exception cref="NotSupportedException">
    /// A part of your own has the kind of one of the library's, or a setting that no file can hold; or there are more than 10,000 layers, or more
    /// than 32 within each other.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A class name or a text of <see cref="Metadata"/> is null or has no UTF-8, or a tensor of <see cref="ExtraTensors"/> is null or has no dimension.
    /// </exception>
    /// <exception cref="InvalidOperationException">A deviation of a <see cref="Standardization"/> layer was set to what is not finite and positive.</exception>
    public void Save(string path, TensorNaming naming = TensorNaming.Native)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = Describe(naming);
        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Writes the network to a stream: the same bytes as <see cref="Save(string, TensorNaming)"/> writes to a file.</summary>
    /// <param name="stream">The stream, which need not seek. It is written to from its position on, and stays open.</param>
    /// <param name="naming">How tensors are called and turned.</param>
    /// <exception cref="ArgumentException">The stream cannot be written to; or as for <see cref="Save(string, TensorNaming)"/>. Nothing is written.</exception>
    /// <exception cref="NotSupportedException">As for <see cref="Save(string, TensorNaming)"/>; nothing is written.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Save(string, TensorNaming)"/>; nothing is written.</exception>
    public void Save(Stream stream, TensorNaming naming = TensorNaming.Native)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
            throw new ArgumentException("the stream cannot be written to; open it for writing", nameof(stream));
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = Describe(naming);
        SafetensorsWriter.Write(stream, tensors, metadata);
    }

    /// <summary>
    /// Reads a network from a file that <see cref="Save(string, TensorNaming)"/> wrote: its predictions have the same bits. Of a checkpoint of a
    /// training it reads the network as it was at that step.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">The kinds that the file may have: <c>BuiltInParts.With&lt;MyLayer&gt;()</c>; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not hold a network; the message says what is wrong.</exception>
    public static Sequential Load(string path, PartRegistry? parts = null)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        return InFile(path, () => ModelFile.Read(file, parts ?? BuiltInParts.Registry));
    }

    /// <summary>
    /// Reads a network from a stream, as <see cref="Load(string, PartRegistry?)"/> does from a file. Nothing but the network may follow in the stream.
    /// </summary>
    /// <param name="stream">
    /// The stream, which is read from its position to its end, and stays open. If it cannot seek, its bytes are kept in memory meanwhile, at most
    /// 2,147,483,591.
    /// </param>
    /// <param name="parts">The kinds that the stream may have: <c>BuiltInParts.With&lt;MyLayer&gt;()</c>; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a network, or something follows it; the message says what is wrong.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, and holds more than memory can in one piece; copy it to a file.</exception>
    public static Sequential Load(Stream stream, PartRegistry? parts = null)
    {
        Sequential network = InFile("stream", () =>
        {
            using var file = new SafetensorsReader(stream, leaveOpen: true);
            return ModelFile.Read(file, parts ?? BuiltInParts.Registry);
        });
        if (stream.CanSeek)
            stream.Seek(0, SeekOrigin.End);
        return network;
    }

    /// <summary>Reads the parameters alone, from a file of this library or of PyTorch.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="naming">How tensors are called and turned there.</param>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or names or shapes differ: the message lists those that are missing, not expected or misshapen (at most 20). Nothing has
    /// changed.
    /// </exception>
    public void LoadWeights(string path, TensorNaming naming = TensorNaming.Native) => LoadWeights(path, new WeightLoadOptions { Naming = naming });

    /// <summary>Reads the parameters alone, from a file whose tensors have names of their own.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="options">How tensors find their parameters.</param>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or names or shapes differ: the message lists those that are missing, not expected or misshapen (at most 20). Nothing has
    /// changed.
    /// </exception>
    /// <exception cref="ArgumentException">The options name a layer or parameter that the network does not have.</exception>
    public void LoadWeights(string path, WeightLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using SafetensorsReader file = SafetensorsReader.Open(path);
        InFile(path, () =>
        {
            ModelFile.ReadWeights(file, this, options);
            return this;
        });
    }

    /// <summary>Reads the parameters alone from a stream, as <see cref="LoadWeights(string, TensorNaming)"/> does from a file.</summary>
    /// <param name="stream">The stream, which is read from its position to its end, need not seek, and stays open.</param>
    /// <param name="naming">How tensors are called and turned there.</param>
    /// <exception cref="InvalidDataException">As for <see cref="LoadWeights(string, TensorNaming)"/>, or something follows the tensors. Nothing has changed.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, and holds more than memory can in one piece; copy it to a file.</exception>
    public void LoadWeights(Stream stream, TensorNaming naming = TensorNaming.Native) => LoadWeights(stream, new WeightLoadOptions { Naming = naming });

    /// <summary>Reads the parameters alone from a stream whose tensors have names of their own.</summary>
    /// <param name="stream">The stream, which is read from its position to its end, need not seek, and stays open.</param>
    /// <param name="options">How tensors find their parameters.</param>
    /// <exception cref="InvalidDataException">As for <see cref="LoadWeights(string, WeightLoadOptions)"/>, or something follows the tensors. Nothing has changed.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read; or the options name a layer or parameter that the network does not have.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, and holds more than memory can in one piece; copy it to a file.</exception>
    public void LoadWeights(Stream stream, WeightLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        InFile("stream", () =>
        {
            using var file = new SafetensorsReader(stream, leaveOpen: true);
            ModelFile.ReadWeights(file, this, options);
            return this;
        });
        if (stream.CanSeek)
            stream.Seek(0, SeekOrigin.End);
    }

    private (IReadOnlyList<SafetensorEntry> Tensors, Dictionary<string, string> Metadata) Describe(TensorNaming naming)
    {
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(this, naming);
        ContentDigest.Add(tensors, metadata);
        return (tensors, metadata);
    }

    /// <summary>Adds the file's name to what is wrong with it.</summary>
    private static Sequential InFile(string path, Func<Sequential> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw MessageText.Malformed(path, exception);
        }
    }
}
