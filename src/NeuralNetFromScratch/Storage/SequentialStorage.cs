namespace NeuralNetFromScratch;

/// <summary>Saving and loading.</summary>
public sealed partial class Sequential
{
    /// <summary>Saves the network to a safetensors file: tensors, layers, class names and input scaling. The file is written atomically.</summary>
    /// <param name="path">The path of the file. An existing file is replaced, a link is followed, and a missing folder is created.</param>
    /// <param name="naming">The names and axis orders of the tensors. Default: <see cref="TensorNaming.Native"/>.</param>
    /// <exception cref="NotSupportedException">
    /// A user's part has the kind of one of the library's or a setting that a file cannot contain, there are more than 10,000 layers, or layers
    /// are nested more than 32 deep.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A class name or a text of <see cref="Metadata"/> is null or cannot be encoded as UTF-8, or a tensor of <see cref="ExtraTensors"/> is null or
    /// has no dimensions.
    /// </exception>
    /// <exception cref="InvalidOperationException">A deviation of a <see cref="Standardization"/> layer is not finite and positive.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file or folder is denied.</exception>
    public void Save(string path, TensorNaming naming = TensorNaming.Native) => Save(path, naming, texts: null);

    /// <summary>Saves the network to a stream, with the bytes that <see cref="Save(string, TensorNaming)"/> writes to a file.</summary>
    /// <param name="stream">The stream, which need not be seekable. It is written from its position on and stays open.</param>
    /// <param name="naming">The names and axis orders of the tensors. Default: <see cref="TensorNaming.Native"/>.</param>
    /// <exception cref="ArgumentException">The stream is not writable, or as for <see cref="Save(string, TensorNaming)"/>. Nothing is written.</exception>
    /// <exception cref="NotSupportedException">As for <see cref="Save(string, TensorNaming)"/>. Nothing is written.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Save(string, TensorNaming)"/>. Nothing is written.</exception>
    public void Save(Stream stream, TensorNaming naming = TensorNaming.Native) => Save(stream, naming, texts: null);

    /// <summary>Saves the network and further texts.</summary>
    internal void Save(string path, TensorNaming naming, IReadOnlyDictionary<string, string>? texts)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = Describe(naming, texts);
        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Saves the network and further texts.</summary>
    internal void Save(Stream stream, TensorNaming naming, IReadOnlyDictionary<string, string>? texts)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
            throw new ArgumentException("the stream is not writable; open it for writing", nameof(stream));
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = Describe(naming, texts);
        SafetensorsWriter.Write(stream, tensors, metadata);
    }

    /// <summary>
    /// Loads a network from a file that <see cref="Save(string, TensorNaming)"/> wrote. Its predictions have the same bits. From a checkpoint of
    /// a training it loads the network at that step.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="parts">
    /// The kinds of parts that the file may contain, for example <c>BuiltInParts.With&lt;MyLayer&gt;()</c>; null, the default, for
    /// <see cref="BuiltInParts.Registry"/>.
    /// </param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidDataException">The file does not contain a network. The message says what is wrong.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Sequential Load(string path, PartRegistry? parts = null)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        return InFile(path, () => ModelFile.Read(file, parts ?? BuiltInParts.Registry));
    }

    /// <summary>
    /// Loads a network from a stream, as <see cref="Load(string, PartRegistry?)"/> does from a file. Nothing may follow the network in the
    /// stream.
    /// </summary>
    /// <param name="stream">
    /// The stream, which is read from its position to its end and stays open. A stream that cannot seek is read completely into memory, at most
    /// 2,147,483,591 bytes.
    /// </param>
    /// <param name="parts">
    /// The kinds of parts that the stream may contain, for example <c>BuiltInParts.With&lt;MyLayer&gt;()</c>; null, the default, for
    /// <see cref="BuiltInParts.Registry"/>.
    /// </param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidDataException">
    /// The stream does not contain a network, or something follows it. The message says what is wrong.
    /// </exception>
    /// <exception cref="ArgumentException">The stream is not readable.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek and is too large for memory; copy it to a file.</exception>
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

    /// <summary>Loads only the parameters, from a file of this library or of PyTorch.</summary>
    /// <param name="path">The path of a safetensors file.</param>
    /// <param name="naming">The names and axis orders of the tensors in the file. Default: <see cref="TensorNaming.Native"/>.</param>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or names or shapes differ: the message lists those that are missing, not expected or misshapen (at most 20). Nothing has
    /// changed.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void LoadWeights(string path, TensorNaming naming = TensorNaming.Native) => LoadWeights(path, new WeightLoadOptions { Naming = naming });

    /// <summary>Loads only the parameters, from a file whose tensors have other names.</summary>
    /// <param name="path">The path of a safetensors file.</param>
    /// <param name="options">How tensors are assigned to parameters.</param>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or names or shapes differ: the message lists those that are missing, not expected or misshapen (at most 20). Nothing has
    /// changed.
    /// </exception>
    /// <exception cref="ArgumentException">The options name a layer or parameter that the network does not have.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
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

    private (IReadOnlyList<SafetensorEntry> Tensors, Dictionary<string, string> Metadata) Describe(TensorNaming naming, IReadOnlyDictionary<string, string>? texts)
    {
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(this, naming);
        foreach ((string key, string text) in texts ?? new Dictionary<string, string>())
            metadata.Add(key, text);
        ContentDigest.Add(tensors, metadata);
        return (tensors, metadata);
    }

    /// <summary>Adds the path of the file to the messages of exceptions.</summary>
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
