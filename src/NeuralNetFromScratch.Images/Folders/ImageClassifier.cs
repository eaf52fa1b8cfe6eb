namespace NeuralNetFromScratch.Images;

/// <summary>
/// Learns what pictures show from a folder for each class. The network keeps the classes' names and how pictures are prepared, so that a loaded
/// classifier does with a file what the training did.
/// </summary>
/// <remarks>Any number of threads may predict with one classifier, as long as nobody trains it meanwhile.</remarks>
public sealed class ImageClassifier
{
    private readonly ImageClassifierOptions _options;
    private Sequential? _network;
    private ImagePreparation _preparation;

    /// <summary>A classifier that has learned nothing yet.</summary>
    /// <param name="options">How it is trained; null for the defaults.</param>
    public ImageClassifier(ImageClassifierOptions? options = null)
    {
        _options = options ?? new();
        _preparation = _options.Preparation;
    }

    private ImageClassifier(Sequential network, ImagePreparation preparation)
        : this() => (_network, _preparation) = (network, preparation);

    /// <summary>The names of the classes; empty before the first fit.</summary>
    public IReadOnlyList<string> ClassNames => _network?.ClassNames ?? [];

    /// <summary>How pictures become the network's input.</summary>
    public ImagePreparation Preparation => _preparation;

    /// <summary>The network, which gives a probability for each class.</summary>
    /// <exception cref="InvalidOperationException">It has not learned anything yet.</exception>
    public Sequential Network => _network ?? throw new InvalidOperationException("the classifier has not learned anything yet: call Fit first");

    /// <summary>Reads a classifier from a file that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">The kinds that the file may have; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file holds no classifier of pictures; the message says what is wrong.</exception>
    public static ImageClassifier Load(string path, PartRegistry? parts = null)
    {
        Sequential network = Sequential.Load(path, parts);
        try
        {
            if (network.ClassNames.Count < 2 || network.ClassNames.Count != network.OutputShape.ElementCount || network.OutputActivation != OutputActivation.Softmax)
                throw new InvalidDataException($"expected a name for each class, got a network of {network.OutputShape.ElementCount} outputs with {network.ClassNames.Count} names");
            return new(network, ImagePreparation.Read(network));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Learns from scratch from the pictures of a folder, in which a folder for each class has its pictures.</summary>
    /// <param name="folder">The folder; see <see cref="ImageFolder.Load(string, ImagePreparation, ImageFolderOptions?)"/>.</param>
    /// <param name="progress">Is told how the training goes: a <see cref="ConsoleProgress"/> shows it.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>What each epoch reached.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There are fewer than two classes, a class has no picture, or a picture is damaged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(string folder, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Fit(ImageFolder.Load(folder, _options.Preparation), progress, cancellationToken);

    /// <summary>Learns from scratch from pictures that were loaded.</summary>
    /// <param name="images">The pictures; their preparation replaces that of the options.</param>
    /// <param name="progress">Is told how the training goes: a <see cref="ConsoleProgress"/> shows it.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>What each epoch reached.</returns>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(ImageFolder images, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        Layer[] layers = [.. _options.Layers ?? DefaultLayers(), new Dense(images.ClassNames.Count)];
        var network = new Sequential(images.Preparation.Shape, _options.Seed, layers)
        {
            ClassNames = images.ClassNames,
            InputScaling = new InputScaling(1f / byte.MaxValue),
        };
        images.Preparation.Write(network.Metadata);
        TrainingHistory history = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(_options.LearningRate)).Fit(
            images.Samples,
            new FitOptions
            {
                Epochs = _options.Epochs,
                BatchSize = _options.BatchSize,
                Seed = _options.Seed,
                Schedule = LearningRateSchedule.OneCycle(),
                ValidationFraction = _options.ValidationFraction,
                Augmentation = _options.Augmentation,
            },
            progress,
            cancellationToken);
        (_network, _preparation) = (network, images.Preparation);
        return history;
    }

    /// <summary>What a picture file shows most probably.</summary>
    /// <param name="path">A PNG, JPEG, BMP, GIF or WebP file.</param>
    /// <exception cref="InvalidDataException">The file is no picture, or is damaged or too large; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The classifier has not learned anything yet.</exception>
    public Classification Predict(string path)
    {
        _ = Network;
        return Predict(RgbaImage.Load(path, new ImageLoadOptions { ReduceTo = _preparation.DecodedSide }));
    }

    /// <summary>What a picture shows most probably.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="InvalidOperationException">The classifier has not learned anything yet.</exception>
    public Classification Predict(RgbaImage image)
    {
        Sequential network = Network;
        byte[] pixels = _preparation.Apply(image);
        float[] input = new float[pixels.Length];
        (network.InputScaling ?? new InputScaling(1f / byte.MaxValue)).Apply(pixels, input);
        return network.Classify(input);
    }

    /// <summary>Writes the classifier to a safetensors file: network, names of the classes, and how pictures are prepared.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="InvalidOperationException">The classifier has not learned anything yet.</exception>
    public void Save(string path) => Network.Save(path);

    private static Layer[] DefaultLayers() =>
    [
        .. Block(16), new MaxPool2D(2), .. Block(32), new MaxPool2D(2), .. Block(64), new GlobalAveragePool2D(),
    ];

    private static Layer[] Block(int channels) =>
        [new Conv2D(channels, kernelSize: 3) { Padding = Padding2D.Same, HasBias = false }, new BatchNormalization(), new ActivationLayer(Activation.Relu)];
}
