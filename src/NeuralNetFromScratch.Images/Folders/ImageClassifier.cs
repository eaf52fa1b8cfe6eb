namespace NeuralNetFromScratch.Images;

/// <summary>
/// A classifier for images, trained on a folder with one folder for each class. Its file contains the names of the classes and the preparation of images, so
/// that a loaded classifier prepares images as the training did.
/// </summary>
/// <remarks>Predictions are thread-safe; the classifier must not be trained at the same time.</remarks>
public sealed class ImageClassifier
{
    private readonly ImageClassifierOptions _options;
    private Sequential? _network;
    private ImagePreparation _preparation;

    /// <summary>Creates an untrained classifier.</summary>
    /// <param name="options">The options; null for the defaults.</param>
    public ImageClassifier(ImageClassifierOptions? options = null)
    {
        _options = options ?? new();
        _preparation = _options.Preparation;
    }

    private ImageClassifier(Sequential network, ImagePreparation preparation)
        : this() => (_network, _preparation) = (network, preparation);

    /// <summary>The names of the classes; empty before training.</summary>
    public IReadOnlyList<string> ClassNames => _network?.ClassNames ?? [];

    /// <summary>The conversion of images to inputs of the network.</summary>
    public ImagePreparation Preparation => _preparation;

    /// <summary>The network, whose outputs are the probabilities of the classes.</summary>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
    public Sequential Network => _network ?? throw new InvalidOperationException("the classifier is not trained; call Fit first");

    /// <summary>Loads a classifier from a file that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">The parts that the file can contain; <see cref="BuiltInParts.Registry"/> if null.</param>
    /// <exception cref="InvalidDataException">The file does not contain an image classifier; the message says why.</exception>
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
            throw MessageText.Malformed(path, exception);
        }
    }

    /// <summary>Trains from newly initialized parameters on a folder with one folder for each class.</summary>
    /// <param name="folder">The folder; see <see cref="ImageFolder.Load(string, ImagePreparation, ImageFolderOptions?)"/>.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end, for example a <see cref="ConsoleProgress"/>.</param>
    /// <param name="cancellationToken">Ends the training at the next step.</param>
    /// <returns>The loss and metrics of each epoch.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There are fewer than two classes, a class has no images, or an image is damaged.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public TrainingHistory Fit(string folder, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Fit(ImageFolder.Load(folder, _options.Preparation), progress, cancellationToken);

    /// <summary>Trains from newly initialized parameters on loaded images.</summary>
    /// <param name="images">The images. Their preparation is used instead of that of the options.</param>
    /// <param name="progress">Receives about 100 reports per epoch and one at its end, for example a <see cref="ConsoleProgress"/>.</param>
    /// <param name="cancellationToken">Ends the training at the next step.</param>
    /// <returns>The loss and metrics of each epoch.</returns>
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
                MixupAlpha = _options.MixupAlpha,
            },
            progress,
            cancellationToken);
        (_network, _preparation) = (network, images.Preparation);
        return history;
    }

    /// <summary>Predicts the most probable class of an image file.</summary>
    /// <param name="path">A PNG, JPEG, BMP, GIF or WebP file.</param>
    /// <exception cref="InvalidDataException">The file is not an image, or is damaged or too large. The message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
    public Classification Predict(string path)
    {
        _ = Network;
        return Predict(RgbaImage.Load(path, new ImageLoadOptions { ReduceTo = _preparation.DecodedSide }));
    }

    /// <summary>Predicts the most probable class of an image.</summary>
    /// <param name="image">The image.</param>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
    public Classification Predict(RgbaImage image)
    {
        Sequential network = Network;
        return network.Classify((network.InputScaling ?? new InputScaling(1f / byte.MaxValue)).Apply(_preparation.Apply(image)));
    }

    /// <summary>Saves the classifier in a safetensors file: network, names of the classes, preparation of images. The file is written atomically.</summary>
    /// <param name="path">The file. An existing file is replaced.</param>
    /// <exception cref="InvalidOperationException">The classifier is not trained.</exception>
    public void Save(string path) => Network.Save(path);

    private static Layer[] DefaultLayers() =>
    [
        .. Block(16), new MaxPool2D(2), .. Block(32), new MaxPool2D(2), .. Block(64), new GlobalAveragePool2D(),
    ];

    private static Layer[] Block(int channels) =>
        [new Conv2D(channels, kernelSize: 3) { Padding = Padding2D.Same, HasBias = false }, new BatchNormalization(), new ActivationLayer(Activation.Relu)];
}
