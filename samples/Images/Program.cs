using NeuralNetFromScratch;
using NeuralNetFromScratch.Images;

// Images FOLDER [IMAGE...]: FOLDER has a folder for each class. Without a folder, images of three classes of shapes are drawn.
bool draws = args.Length == 0;
string folder = draws ? Shapes.Draw(Path.Combine(AppContext.BaseDirectory, "shapes"), count: 120) : args[0];

ImageFolder pictures = ImageFolder.Load(folder, height: 32, width: 32, channels: 3, new ImageFolderOptions { SkipsBroken = true });
Console.WriteLine(pictures);
foreach (BrokenImage broken in pictures.Broken)
    Console.WriteLine($"skipped: {broken.Reason}");

var classifier = new ImageClassifier(new ImageClassifierOptions { Epochs = 10, ValidationFraction = 0.2, Augmentation = new RandomFlip().Then(new RandomCrop(2)) });
TrainingHistory history = classifier.Fit(pictures, new ConsoleProgress());
string model = Path.Combine(AppContext.BaseDirectory, "pictures.safetensors");
classifier.Save(model);

ImageClassifier loaded = ImageClassifier.Load(model);
foreach (string picture in args.Length > 1 ? args[1..] : [pictures.Files[0], pictures.Files[^1]])
    Console.WriteLine($"{Path.GetRelativePath(folder, picture)}: {loaded.Predict(picture)}");
return !draws || history.Epochs[^1].Validation!.Accuracy > 0.9 ? 0 : 1;
